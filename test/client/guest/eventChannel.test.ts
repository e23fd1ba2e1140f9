import type { Send } from '../../../client/http.ts';
import type { JoinOptions } from '../../../client/guest/guest.ts';
import { until } from '../../support/until.ts';
import { manualClock, type ManualClock } from '../manualClock.ts';
import { stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';
import { rewriting } from './rewriting.ts';

let clock: ManualClock;
let guests: GuestCloud;

beforeAll(async () => {
  clock = manualClock();
  guests = await startGuestCloud(clock);
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const pollsOf = ({ network }: TestGuest) => network.sent.filter(({ url }) => url.includes('/events'));

describe.each(stages)('the event channel on $title', (stage) => {
  const roster = () => guests.roster(stage);
  /** In the meeting, with a poll on its way to a server that has no events. */
  const joined = async (options: Partial<JoinOptions> = {}, through?: (send: Send) => Send) => {
    const guest = await guests.newGuest(stage, options, through);
    await guest.is('joined');
    await until(() => guests.isPolling(guest));
    return guest;
  };
  const advance = (ms: number): void => {
    clock.advance(ms);
    guests.world.clock.advance(0);
  };
  /** The guest's last poll once more, as another window would send it. */
  const pollBeside = ({ network }: TestGuest, url: string, signal = AbortSignal.timeout(5_000)) => {
    const headers = Object.fromEntries(network.sent.at(-1)?.headers ?? []);
    return network.fetch(url, { headers, signal });
  };

  test('187: is quiet for three minutes, and then goes on with the next link', async () => {
    const guest = await joined();
    const before = pollsOf(guest).length;
    for (let quiet = 1; quiet <= 5; quiet++) {
      advance(181_000);
      await until(() => pollsOf(guest).length === before + quiet && guests.isPolling(guest));
    }
    expect(guest.session.state.name).toBe('joined');
    expect(guest.tokens).toHaveLength(1);
    expect(roster()).toMatchObject([{ joins: 1 }]);
  });

  test('189: ends without a failure when another client polls', async () => {
    const guest = await joined();
    const [mine, polls] = [pollsOf(guest).at(-1), pollsOf(guest).length];
    const other = new AbortController();
    const beside = pollBeside(guest, mine?.url ?? '', other.signal);
    await until(() => mine?.status === 409);
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    advance(60_000);
    expect(pollsOf(guest)).toHaveLength(polls + 1);
    other.abort();
    await expect(beside).rejects.toMatchObject({ name: 'AbortError' });
    await guest.session.leave();
    expect(roster()).toEqual([]);
  });

  test('190: goes on when a poll with a lower priority comes', async () => {
    const guest = await joined({}, (send) => (url, init) => {
      return send(url.includes('/events') ? `${url}&priority=5` : url, init);
    });
    const mine = pollsOf(guest).at(-1);
    const beside = await pollBeside(guest, (mine?.url ?? '').replace('&priority=5', ''));
    expect(beside.status).toBe(409);
    expect(mine?.status).toBeUndefined();
    guests.room(stage).end();
    await guest.is('failed');
  });

  test('191: goes on with resync when the acknowledgement was wrong, and misses no event', async () => {
    let wrong = 0;
    const guest = await joined({}, (send) => (url, init) => {
      // The first poll of all: what follows it is the join's events.
      if (url.includes('/events') && wrong++ === 0) return send(url.replace('ack=1', 'ack=9'), init);
      return send(url, init);
    });
    expect(pollsOf(guest)[0]?.url).toContain('ack=9');
    expect(pollsOf(guest)[1]?.url).toContain('ack=1');
    expect(guest.tokens).toHaveLength(1);
  });

  test('191: fails when the server answers nothing but resync', async () => {
    const lost = rewriting(({ url, body }) => {
      if (!url.includes('/events')) return undefined;
      const [, href = ''] = /"(?:next|resync)":\{"href":"([^"]+)"/.exec(body) ?? [];
      return { body: JSON.stringify({ _links: { resync: { href } } }) };
    });
    const guest = await guests.newGuest(stage, {}, lost);
    for (let more = 0; more < 3; more++) {
      await guests.newGuest(stage).then((other) => other.is('joined'));
      advance(5_000);
    }
    await guest.is('reconnecting');
    expect(guest.session.reason).toBe('unusable-answer');
    expect(pollsOf(guest).length).toBeLessThanOrEqual(5);
  });

  test('192: joins again, as the same participant, when its conversation was closed while the guest was away', async () => {
    const guest = await joined();
    const before = roster()[0];
    const applications = guests.world.counts()[stage.operation('applications')];
    // A machine that sleeps: its connections die, its timers stand still, and time goes on.
    guest.network.setLost(true);
    await until(() => clock.timers.some((ms) => ms < 1_000));
    guest.network.setLost(false);
    await until(() => !guests.isPolling(guest));
    clock.jump(301_000);
    guests.world.clock.advance(0);
    expect(roster()).toEqual([]);

    clock.advance(1_000);
    await guest.isBack();
    expect(roster()).toMatchObject([{ id: before?.id, endpoint: before?.endpoint, joins: 2 }]);
    expect(guest.changes.find(({ state }) => state.name === 'reconnecting')?.state).toMatchObject({
      reason: 'away-too-long',
      step: 'connecting',
    });
    expect(guests.world.counts()[stage.operation('applications')]).toBe(applications);
    expect(guest.tokens).toHaveLength(1);
    clock.advance(200_000);
    expect(guest.session.state.name).toBe('joined');
  });

  test('193: is created anew, once, when the application is not found', async () => {
    const guest = await joined();
    const before = roster()[0];
    guests.world.guests.endAll();
    await until(() => guest.session.state.name === 'reconnecting');
    expect(guest.session.reason).toBe('application-gone');
    clock.advance(1_000);
    await guest.isBack();
    expect(roster()).toMatchObject([{ id: before?.id, endpoint: before?.endpoint, joins: 2 }]);
    expect(guest.tokens).toHaveLength(2);

    // Not found again before the guest was in for a while: the next one would fare no better.
    guests.world.guests.endAll();
    await guest.is('failed');
    expect(guest.session.state).toMatchObject({
      reason: 'application-gone',
      refusal: { status: 404, code: 'NotFound', subcode: 'ApplicationNotFound' },
    });
  });

  test('193: is created anew each time when a guest was in for a while between', async () => {
    const guest = await joined();
    for (let times = 1; times <= 3; times++) {
      clock.advance(31_000);
      guests.world.guests.endAll();
      await guest.is('reconnecting');
      clock.advance(1_000);
      await guest.is('joined');
      expect(roster()).toMatchObject([{ joins: times + 1 }]);
    }
  });

  test.each(['TooManyApplications', 'InactiveApplicationExpired', 'UserAgentNotAllowed'] as const)(
    '194: ends for good with 410 %s',
    async (gone) => {
      const guest = await joined();
      guests.world.meetings.behaviour.gone = gone;
      guests.world.guests.endAll();
      await guest.is('failed');
      expect(guest.session.state).toEqual({
        name: 'failed',
        reason: 'application-gone',
        refusal: { status: 410, code: 'Gone', subcode: gone },
      });
      expect(guests.world.counts()[stage.operation('applications')]).toBe(1);
      expect(guest.tokens).toHaveLength(1);
    },
  );

  test.each(['TooManyApplications', 'UserAgentNotAllowed'] as const)(
    '194: fails at the creation with 410 %s',
    async (gone) => {
      guests.world.meetings.behaviour.gone = gone;
      const guest = await guests.newGuest(stage);
      await guest.is('failed');
      expect(guest.session.state).toMatchObject({ reason: 'application-gone', refusal: { subcode: gone } });
      expect(guests.world.counts()[stage.operation('applications')]).toBe(1);
    },
  );

  test('repeats the same poll when an answer was lost, and gets the events that were in it', async () => {
    guests.world.faults.set(stage.operation('events'), { cut: 'before-answer', times: 2 });
    const guest = await guests.newGuest(stage);
    await clock.pass(1_000);
    await clock.pass(1_000);
    await guest.is('joined');
    const [first, second, third] = pollsOf(guest);
    expect([second?.url, third?.url]).toEqual([first?.url, first?.url]);
    expect(guest.tokens).toHaveLength(1);
  });
});
