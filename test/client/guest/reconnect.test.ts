import { AnonymousJoinProblem, type ProblemCode } from '../../../client/client.ts';
import type { GuestToken, NextGuestToken } from '../../../client/guest/guest.ts';
import type { SipDomain } from '../../../local/simulator/hostNames.ts';
import { until } from '../../support/until.ts';
import { manualClock, type ManualClock } from '../manualClock.ts';
import {
  anyStage,
  passUntil,
  stages,
  startGuestCloud,
  type GuestCloud,
  type Stage,
  type TestGuest,
} from './guestCloud.ts';

let clock: ManualClock;
let guests: GuestCloud;

beforeAll(async () => {
  clock = manualClock();
  guests = await startGuestCloud(clock);
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const reaches = (guest: TestGuest, name: string) =>
  passUntil(clock, () => guest.session.state.name === name || guest.session.state.name === 'failed');
const joined = async (options?: Parameters<GuestCloud['newGuest']>[1]) => {
  const guest = await guests.newGuest(anyStage, options);
  await guest.is('joined');
  return guest;
};
/** Loses the network of a guest, until the guest has noticed. */
const drop = async (guest: TestGuest) => {
  guest.network.setLost(true);
  await reaches(guest, 'reconnecting');
  guest.network.setLost(false);
};
const problem = (code: ProblemCode) => new AnonymousJoinProblem(code, 'Do something.', { status: 410 });
const refused = (code: ProblemCode) => () => Promise.reject(problem(code));
/** The pauses before another token is asked for, in ms. */
const pauses = ({ changes }: TestGuest) =>
  changes.flatMap(({ state, at, step }) =>
    state.name === 'reconnecting' && step === 'asking-for-token' && state.waiting ? [state.waiting.until - at] : [],
  );

describe('a guest that was dropped', () => {
  test.each([
    ['guest-removed', 'guest-removed'],
    ['guest-not-found', 'session-lost'],
  ] as const)('stays out when the service says %s', async (code, reason) => {
    const guest = await joined({ rejoin: refused(code) });
    await drop(guest);
    await reaches(guest, 'failed');
    expect(guest.session.state).toEqual({ name: 'failed', reason, refusal: { code, status: 410 } });
  });

  test.each([
    ['unreachable', 'unreachable'],
    ['platform-unavailable', 'unreachable'],
    ['too-many-requests', 'busy'],
    ['caller-unauthenticated', 'token-refused'],
  ] as const)('tries for five minutes when the service says %s, longer and longer apart', async (code, reason) => {
    const guest = await joined({ rejoin: refused(code) });
    const begin = clock.now();
    await drop(guest);
    await reaches(guest, 'failed');
    expect(guest.session.state).toMatchObject({ reason, refusal: { code } });
    expect(clock.now() - begin).toBeGreaterThan(4 * 60_000);
    expect(clock.now() - begin).toBeLessThan(5 * 60_000);
    await until(() => guest.changes.at(-1)?.state.name === 'failed');
    expect(pauses(guest).slice(0, 8)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    const attempts = guest.changes.flatMap(({ state }) => (state.name === 'reconnecting' ? [state.attempt] : []));
    expect(new Set(attempts).size).toBe(pauses(guest).length);
    expect(attempts.at(-1)).toBe(pauses(guest).length);
  });

  test('tries for as long as its options say', async () => {
    const guest = await joined({
      rejoin: refused('unreachable'),
      reconnect: { giveUpAfterMs: 10_000, firstPauseMs: 2_000 },
    });
    await drop(guest);
    await reaches(guest, 'failed');
    await until(() => guest.changes.at(-1)?.state.name === 'failed');
    expect(pauses(guest)).toEqual([1_000, 2_000, 4_000]);
  });

  test('waits as long as the service’s Retry-After says', async () => {
    const busy = new AnonymousJoinProblem('too-many-requests', 'Wait.', { status: 429, retryAfterSeconds: 20 });
    const guest = await joined({ rejoin: () => Promise.reject(busy) });
    await drop(guest);
    await clock.pass(15_000);
    await until(() => guest.session.reason === 'busy');
    expect(guest.session.state).toMatchObject({ waiting: { until: clock.now() + 20_500 } });
  });

  test('comes back when the service answers again', async () => {
    let [tries, guestToken] = [0, undefined as GuestToken | undefined];
    const guest = await joined({
      rejoin: () =>
        tries++ < 3 || !guestToken ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(guestToken),
    });
    guestToken = guest.tokens[0];
    await drop(guest);
    await reaches(guest, 'joined');
    expect(tries).toBe(4);
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    expect(guests.roster(anyStage)).toMatchObject([{ joins: 2 }]);
  });

  test('waits for a token no longer than a minute', async () => {
    let asked = 0;
    const signals: AbortSignal[] = [];
    const guest = await joined({
      rejoin: ({ signal }) => {
        asked++;
        if (signal) signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    await drop(guest);
    await clock.pass(1_000);
    await until(() => asked === 1);
    await clock.pass(60_000);
    await until(() => pauses(guest).length === 2);
    expect(signals[0]?.aborted).toBe(true);
    await clock.pass(1_000);
    await until(() => asked === 2);
    await guest.session.leave();
    await until(() => clock.timers.length === 0);
    expect(signals[1]?.aborted).toBe(true);
  });

  test.each<[string, Partial<Record<keyof NextGuestToken, unknown>>]>([
    ['without a token', { token: undefined }],
    ['with a token that fits no header', { token: 'psat=\r\nx: y' }],
    ['without a time', { expiryTime: 'soon' }],
    ['that leads over plain http', { discoverUrl: 'http://noammeetings.resources.lync.example/' }],
    ['that leads over plain http to the applications', { applicationsUrl: 'http://lyncweb.contoso.example/' }],
  ])('does not use an answer %s', async (_, change) => {
    const before = { calls: 0 };
    const guest = await joined({
      // As whatever answers in place of a back end.
      rejoin: () => Promise.resolve({ ...guest.tokens[0], ...change } as NextGuestToken),
    });
    await drop(guest);
    before.calls = guest.network.sent.length;
    await reaches(guest, 'failed');
    expect(guest.session.reason).toBe('unusable-answer');
    const more = guest.network.sent.slice(before.calls).filter(({ method }) => method !== 'DELETE');
    expect(more).toEqual([]);
  });

  test('counts its attempts from 1 again after it was in for a while, and not before', async () => {
    const guest = await joined();
    const attempts: number[] = [];
    for (const connectedMs of [0, 0, 31_000, 0]) {
      clock.advance(connectedMs);
      await drop(guest);
      if (guest.session.state.name === 'reconnecting') attempts.push(guest.session.state.attempt);
      await reaches(guest, 'joined');
    }
    expect(attempts).toEqual([1, 2, 1, 2]);
  });

  test('reconnects when a poll is silent for longer than the server ever is', async () => {
    const guest = await joined();
    guests.world.faults.set('guest.events', { never: true });
    await until(() => guest.network.sent.at(-1)?.url.includes('/events') === true);
    clock.advance(181_000);
    guests.world.clock.advance(0);
    // The next poll is never answered.
    await until(() => guests.world.calls.at(-1)?.operation === 'guest.events' && clock.timers.includes(210_000));
    guests.world.faults.clear();
    clock.advance(210_000);
    await guest.is('reconnecting');
    expect(guest.session.reason).toBe('unreachable');
    await reaches(guest, 'joined');
  });

  test('stays connected when one poll is lost', async () => {
    const guest = await joined();
    guest.network.setLost(true);
    guest.network.setLost(false);
    await clock.pass(1_000);
    await until(() => guests.isPolling(guest));
    guests.room(anyStage).eject(guests.roster(anyStage)[0]?.id ?? '');
    await reaches(guest, 'failed');
    expect(guest.session.reason).toBe('ejected');
    expect(guest.path()).not.toContain('reconnecting');
    expect(guest.tokens).toHaveLength(1);
  });
});

describe('a guest that leaves', () => {
  test.each(['guest.discover', 'guest.applications', 'guest.events', 'guest.join'] as const)(
    'while %s gets no answer is gone, and leaves no timer and no participant',
    async (operation) => {
      guests.world.faults.set(operation, { never: true });
      const guest = await guests.newGuest(anyStage);
      await until(() => guests.world.calls.some((call) => call.operation === operation));
      await guest.session.leave();
      expect(guest.session.state).toEqual({ name: 'left' });
      await until(() => clock.timers.length === 0 && guests.roster(anyStage).length === 0);
      await until(() => guest.path().at(-1) === 'left');
    },
  );

  test('while it waits to reconnect is gone, also from the roster', async () => {
    const guest = await joined({ rejoin: refused('unreachable') });
    await drop(guest);
    expect(guests.roster(anyStage)).toHaveLength(1);
    await guest.session.leave();
    expect(guests.roster(anyStage)).toEqual([]);
    expect(clock.timers).toEqual([]);
  });

  test('without an answer to its removal stops waiting after five seconds', async () => {
    const guest = await joined();
    guests.world.faults.set('guest.application', { never: true });
    const leaving = guest.session.leave();
    await until(() => guests.world.counts()['guest.application'] === 1);
    await clock.pass(5_000);
    await leaving;
    expect(clock.timers).toEqual([]);
  });
});

test('a guest whose session has failed leaves no timer, and no application', async () => {
  const guest = await joined();
  guests.room(anyStage).eject(guests.roster(anyStage)[0]?.id ?? '');
  await guest.is('failed');
  await until(() => guest.network.sent.at(-1)?.method === 'DELETE' && guest.network.sent.at(-1)?.status === 204);
  await guest.session.leave();
  expect(guest.session.state.name).toBe('failed');
  expect(clock.timers).toEqual([]);
  expect(guests.world.guests.count).toBe(0);
});

const minute = 60_000;
const lastPoll = ({ network }: TestGuest) => network.sent.findLast(({ url }) => url.includes('/events'));

/** Goes on by minutes, polls come and go, and renewals that fall due are done. */
async function goOn(guest: TestGuest, minutes: number): Promise<void> {
  const hasSettled = () => guests.isPolling(guest) && !guest.isRejoining();
  await until(hasSettled);
  for (let passed = 0; passed < minutes; passed++) {
    clock.advance(minute);
    guests.world.clock.advance(0);
    await until(hasSettled);
  }
}

/** A token for somebody else. */
const otherToken = async ({ meetingUrl }: Stage) => {
  const { join } = await guests.app.issue({ meetingUrl }, new AbortController().signal);
  return { ...join, expiryTime: join.expiryTime.toISOString() };
};

describe.each(stages)('a token on $title', (stage) => {
  const roster = () => guests.roster(stage);
  const counts = () => guests.world.counts();
  const lifeMs = stage.longestTokenLifeSeconds * 1_000;
  const joined = async (...more: [Parameters<GuestCloud['newGuest']>[1]?]) => {
    const guest = await guests.newGuest(stage, ...more);
    await guest.is('joined');
    return guest;
  };

  test('161: that has ended before the join is replaced once, and the guest joins', async () => {
    const guest = await guests.newGuest(stage, {}, undefined, () => {
      clock.jump(lifeMs + minute);
    });
    await reaches(guest, 'reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'token-expired', refusal: { status: 401 } });
    await reaches(guest, 'joined');
    expect(guest.tokens).toHaveLength(2);
    // On premises an identity lives as long as its tokens.
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: stage.knowsGuestsForGood });
    expect(roster()).toHaveLength(1);
  });

  test('161: that has ended while the machine slept is replaced, and the guest is back', async () => {
    const guest = await joined();
    const { endpoint } = roster()[0] ?? {};
    // No timer was there to renew it.
    clock.jump(lifeMs + minute);
    guests.world.clock.advance(0);
    await reaches(guest, 'reconnecting');
    expect(guest.session.reason).toBe('token-expired');
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: stage.knowsGuestsForGood });
    // Another one that was there cannot be removed with a token that has ended; it is gone when the server misses it.
    await goOn(guest, 6);
    expect(roster().map((participant) => participant.endpoint === endpoint)).toEqual([stage.knowsGuestsForGood]);
  });

  test('164: that is refused twice before the join ends the session', async () => {
    guests.world.faults.set(stage.operation('applications'), { status: 401 });
    const guest = await guests.newGuest(stage);
    await reaches(guest, 'failed');
    expect(guest.session.state).toMatchObject({ reason: 'token-expired', refusal: { status: 401 } });
    expect(guest.tokens).toHaveLength(2);
    expect(counts()[stage.operation('applications')]).toBe(2);
  });

  test('164: that is refused in the meeting, and again on the way back, ends the session', async () => {
    const guest = await joined();
    for (const place of ['events', 'applications'] as const) {
      guests.world.faults.set(stage.operation(place), { status: 401 });
    }
    guests.room(stage).accessLevel = 'Locked';
    clock.advance(181_000);
    guests.world.clock.advance(0);
    await reaches(guest, 'failed');
    expect(guest.session.reason).toBe('token-expired');
    expect(guest.tokens).toHaveLength(2);
  });

  test('149: is renewed in time through a long meeting, without another join', async () => {
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const guest = await joined();
    await goOn(guest, 150);
    expect(guest.tokens.length).toBeGreaterThanOrEqual(3);
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    expect(roster()).toMatchObject([{ joins: 1 }]);
    expect(counts()[stage.operation('applications')]).toBe(1);
    expect(lastPoll(guest)?.headers.get('authorization')).toBe(`Bearer ${guest.tokens.at(-1)?.token ?? ''}`);
    expect(guest.path()).toEqual(['discovering', 'creating-application', 'connecting', 'joined']);
  });

  test('148, 149: is valid for a way back at the very moment when the first one ends', async () => {
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const guest = await joined();
    const before = roster()[0];
    await goOn(guest, 60);
    guest.network.setLost(true);
    await reaches(guest, 'reconnecting');
    guest.network.setLost(false);
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: true });
    expect(roster()).toMatchObject([{ id: before?.id, endpoint: before?.endpoint, joins: 2 }]);
  });

  test('for another participant is reported, and the first participant is removed', async () => {
    const guest = await joined({ rejoin: async () => ({ ...(await otherToken(stage)), identityPreserved: false }) });
    const before = roster()[0];
    guest.network.setLost(true);
    await reaches(guest, 'reconnecting');
    guest.network.setLost(false);
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: false });
    await until(() => roster().length === 1);
    expect(roster()[0]?.endpoint).not.toBe(before?.endpoint);
  });

  test('for another participant, at a renewal, is not used until the first one is refused', async () => {
    const rejoin = async () => ({ ...(await otherToken(stage)), identityPreserved: false });
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const guest = await joined({ rejoin });
    const before = roster()[0];
    await goOn(guest, 58);
    expect(lastPoll(guest)?.headers.get('authorization')).toBe(`Bearer ${guest.tokens[0]?.token ?? ''}`);
    expect(roster()).toMatchObject([{ endpoint: before?.endpoint, joins: 1 }]);
    clock.advance(181_000);
    guests.world.clock.advance(0);
    await reaches(guest, 'reconnecting');
    await reaches(guest, 'joined');
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: false });
  });
});

describe.each(stages)('a renewal on $title', (stage) => {
  test('that was for another participant leaves one participant after the next drop', async () => {
    Object.assign(guests.world.platform, { tokenLifetimeSeconds: 3_600 });
    const other = await otherToken(stage);
    let asked = 0;
    const rejoin = () => Promise.resolve({ ...other, identityPreserved: asked++ > 0 });
    const guest = await guests.newGuest(stage, { rejoin });
    await guest.is('joined');
    await goOn(guest, 56);
    expect(asked).toBe(1);
    guest.network.setLost(true);
    await reaches(guest, 'reconnecting');
    guest.network.setLost(false);
    await reaches(guest, 'joined');
    expect(asked).toBe(2);
    await until(() => guests.roster(stage).length === 1);
    expect(guests.roster(stage)[0]?.endpoint).toBe(stage.participantOf(guests.world, other.token));
    expect(guest.session.state).toEqual({ name: 'joined', identityPreserved: false });
  });
});

const onPremises = stages.filter(({ isOnPremises }) => isOnPremises);

describe.each(onPremises)('a ticket on $title', (stage) => {
  const domain = new URL(stage.meetingUrl).host.replace('meet.', '') as SipDomain;
  const refuseWith = (status: 401 | 403 | 500): void => {
    guests.world.onPremises.behaviour[domain].badTokenAtApplications = status;
  };
  const toOtherPool = <T extends { applicationsUrl?: string }>(guestToken: T): T => ({
    ...guestToken,
    applicationsUrl: (guestToken.applicationsUrl ?? '').replace(/^https:\/\/[^.]+/, 'https://pool02'),
  });

  test.each([401, 403] as const)('161: that is refused with %d and a challenge is renewed, once', async (status) => {
    refuseWith(status);
    const guest = await guests.newGuest(stage, {}, undefined, () => {
      clock.jump(61 * minute);
    });
    await reaches(guest, 'reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'token-expired', refusal: { status } });
    await reaches(guest, 'joined');
    expect(guest.tokens).toHaveLength(2);
  });

  test('162: of another server, refused with a page and 500, is recognised, and replaced by another one', async () => {
    refuseWith(500);
    const guest = await guests.newGuest(stage, { join: toOtherPool(await otherToken(stage)) });
    await reaches(guest, 'reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'token-of-another-host', refusal: { status: 500 } });
    await reaches(guest, 'joined');
  });

  test('162, 164: of another server ends the session when the next one is too', async () => {
    refuseWith(500);
    const rejoin = async () => toOtherPool(await otherToken(stage));
    const guest = await guests.newGuest(stage, { join: await rejoin(), rejoin });
    await reaches(guest, 'failed');
    expect(guest.session.reason).toBe('token-of-another-host');
    expect(guests.world.counts()['ucwa.applications']).toBe(2);
  });
});
