import type { Send } from '../../../client/http.ts';
import type { JoinOptions } from '../../../client/guest/guest.ts';
import type { Fault } from '../../../local/simulator/faults.ts';
import type { GuestResource } from '../../../local/simulator/operations.ts';
import { until } from '../../support/until.ts';
import { manualClock, type ManualClock } from '../manualClock.ts';
import { passUntil, stages, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';
import { rewriting } from './rewriting.ts';

let clock: ManualClock;
let guests: GuestCloud;

beforeAll(async () => {
  clock = manualClock();
  guests = await startGuestCloud(clock);
});
afterEach(() => guests.reset());
afterAll(() => guests.stop());

const places = ['applications', 'events', 'join'] as const;

// Both versions on premises refuse in the same words.
describe.each(stages.slice(0, 2))('an answer without success on $title', (stage) => {
  const roster = () => guests.roster(stage);
  const counts = (place: GuestResource) => guests.world.counts()[stage.operation(place)];
  const breakAt = (place: GuestResource, fault: Fault): void => {
    guests.world.faults.set(stage.operation(place), fault);
  };
  const json = (body: object): Fault => ({ body: JSON.stringify(body), contentType: 'application/json' });
  const reaches = (guest: TestGuest, name: string) =>
    passUntil(clock, () => guest.session.state.name === name || guest.session.state.name === 'failed');
  const failed = async (options: Partial<JoinOptions> = {}, through?: (send: Send) => Send) => {
    const guest = await guests.newGuest(stage, options, through);
    await reaches(guest, 'failed');
    return guest;
  };

  test('196: is understood from its code alone', async () => {
    breakAt('join', { status: 403, ...json({ code: 'Forbidden' }) });
    const guest = await failed();
    expect(guest.session.state).toEqual({
      name: 'failed',
      reason: 'wrong-meeting',
      refusal: { status: 403, code: 'Forbidden' },
    });
    expect(counts('join')).toBe(1);
  });

  test('says that the token is for another meeting', async () => {
    const { join } = await guests.app.issue({ meetingUrl: stage.meetingUrl }, new AbortController().signal);
    const guestToken = { ...join, expiryTime: join.expiryTime.toISOString() };
    const conferenceUri = guests.room(stage).conferenceUri.replace(/\w+$/, 'ANOTHER1');
    const misled = rewriting(({ body }) => ({
      body: body.replace(/"conferenceId":"[^"]+"/, `"conferenceId":"${conferenceUri}"`),
    }));
    const guest = await failed({ join: { ...guestToken, conferenceUri } }, misled);
    expect(guest.session.reason).toBe('wrong-meeting');
    expect(roster()).toEqual([]);
  });

  test.each([
    ['with another code', { status: 403, code: 'Forbidden', subcode: 'AnonymousNotAllowed' }, 'refused'],
    ['of a kind that nobody knows', { status: 400, code: 'BadRequest', subcode: 'SomethingNew' }, 'refused'],
    ['for a meeting that is not there', { status: 404, code: 'NotFound', subcode: 'Whatever' }, 'meeting-not-found'],
  ])(
    '182: at the join %s ends the session, and its code is kept for the log',
    async (_, { status, ...said }, reason) => {
      breakAt('join', { status, ...json(said) });
      const guest = await failed();
      expect(guest.session.state).toEqual({ name: 'failed', reason, refusal: { status, ...said } });
    },
  );

  test.each(['applications', 'events'] as const)(
    "197: to %s that is a page with 200, such as the sign-in of a network, is an intermediary's",
    async (place) => {
      breakAt(place, { status: 200, contentType: 'text/html', body: '<html>Welcome to our hotel</html>' });
      const guest = await guests.newGuest(stage);
      await reaches(guest, 'reconnecting');
      expect(guest.session.reason).toBe('intermediary');
      guests.world.faults.clear();
      await reaches(guest, 'joined');
      expect(roster()).toHaveLength(1);
    },
  );

  describe.each(places)('to %s', (place) => {
    test.each([403, 404, 409, 500, 502])(
      "197: that is a page with %d is an intermediary's, and its content is ignored",
      async (status) => {
        breakAt(place, { status, contentType: 'text/html; charset=utf-8', body: '<html>{"code":"NotFound"}</html>' });
        const guest = await guests.newGuest(stage);
        await reaches(guest, 'reconnecting');
        expect(guest.session.state).toMatchObject({
          name: 'reconnecting',
          reason: 'intermediary',
          refusal: { status },
        });
        guests.world.faults.clear();
        await reaches(guest, 'joined');
        expect(roster()).toHaveLength(1);
      },
    );

    test('that redirects is not followed', async () => {
      breakAt(place, { status: 307, headers: { location: 'https://evil-lync.example/' }, body: '' });
      const guest = await guests.newGuest(stage);
      await reaches(guest, 'reconnecting');
      expect(guest.session.reason).toBe('intermediary');
      expect(guests.world.calls.filter(({ host }) => host.startsWith('evil'))).toEqual([]);
    });

    test.each([429, 503])(
      '200, 201: with %d is waited out as long as it says, and everything else is kept',
      async (status) => {
        breakAt(place, { status, headers: { 'Retry-After': '7' }, times: 2 });
        const guest = await guests.newGuest(stage);
        for (let tries = 1; tries <= 2; tries++) {
          await until(() => counts(place) === tries && clock.timers.some((ms) => ms >= 7_000 && ms < 15_000));
          if (place !== 'events') {
            const waiting = { reason: 'busy', until: expect.closeTo(clock.now() + 7_500, -3) as number };
            expect(guest.session.state).toMatchObject({ waiting });
            expect(guest.session.reason).toBe('busy');
          }
          clock.advance(6_900);
          expect(counts(place)).toBe(tries);
          clock.advance(2_000);
        }
        await reaches(guest, 'joined');
        expect(guest.tokens).toHaveLength(1);
        expect(counts('applications')).toBe(place === 'applications' ? 3 : 1);
        expect(counts('join')).toBe(place === 'join' ? 3 : 1);
        expect(guests.world.counts()['guest.discover']).toBe(stage.isOnPremises ? 0 : 1);
        expect(roster()).toMatchObject([{ joins: 1 }]);
      },
    );

    test('200: with 429 and no Retry-After is repeated after longer and longer pauses', async () => {
      breakAt(place, { status: 429, times: 3 });
      const guest = await guests.newGuest(stage);
      const pauses = [];
      for (let tries = 1; tries <= 3; tries++) pauses.push(await clock.pass(15_000));
      await reaches(guest, 'joined');
      expect(pauses).toEqual([250, 500, 1_000]);
    });

    test('200: with 429 and more than a minute of Retry-After is waited out by a reconnect', async () => {
      breakAt(place, { status: 429, headers: { 'Retry-After': '100' }, times: 1 });
      const guest = await guests.newGuest(stage);
      await guest.is('reconnecting');
      const until = clock.now() + 100_250;
      expect(guest.session.state).toMatchObject({ reason: 'busy', waiting: { reason: 'busy', until } });
      clock.advance(100_300);
      await reaches(guest, 'joined');
      expect(roster()).toHaveLength(1);
    });

    test('200: with 429 and an hour of Retry-After ends the session', async () => {
      breakAt(place, { status: 429, headers: { 'Retry-After': '3600' } });
      const guest = await failed();
      expect(guest.session.state).toMatchObject({ reason: 'busy', refusal: { status: 429, code: 'TooManyRequests' } });
      expect(counts(place)).toBe(1);
    });

    test.each([500, 504])('201: with %d is repeated only if it was a poll', async (status) => {
      breakAt(place, { status, times: 1, ...json({ code: 'ServiceFailure' }) });
      const guest = await guests.newGuest(stage);
      const answered = await sentAgain(guest, place);
      await reaches(guest, 'joined');
      expect(answered).toBe(place === 'events');
      expect(guest.tokens).toHaveLength(place === 'events' ? 1 : 2);
      expect(roster()).toHaveLength(1);
      const joins = guest.network.sent.filter(({ url }) => url.includes('/onlineMeetingInvitations'));
      expect(new Set(joins.map(({ url }) => url)).size).toBe(joins.length);
    });

    test.each(['malformed', 'oversize', 'before-answer', 'mid-body'] as const)(
      'that is %s leaves one participant in the room',
      async (kind) => {
        breakAt(
          place,
          kind === 'malformed' || kind === 'oversize' ? { [kind]: true, times: 2 } : { cut: kind, times: 2 },
        );
        const guest = await guests.newGuest(stage);
        await reaches(guest, 'joined');
        expect(guest.session.state.name).toBe('joined');
        expect(roster()).toHaveLength(1);
      },
    );
  });

  async function sentAgain(guest: TestGuest, place: GuestResource): Promise<boolean> {
    const first = () => guest.network.sent.filter(({ url, method }) => isAt(place, url, method));
    await passUntil(clock, () => first().length > 1 || guest.session.state.name === 'reconnecting');
    return first().length > 1;
  }

  function isAt(place: GuestResource, url: string, method: string): boolean {
    if (place === 'events') return url.includes('/events');
    if (place === 'join') return url.endsWith('/onlineMeetingInvitations');
    return method === 'POST' && !url.includes('/communication/');
  }

  test('201: to a join that was carried out is made up for by the events, and the join is not repeated', async () => {
    breakAt('join', { cut: 'before-answer' });
    const guest = await guests.newGuest(stage);
    await guest.is('joined');
    clock.advance(11_000);
    expect(guest.session.state.name).toBe('joined');
    expect(counts('join')).toBe(1);
    expect(roster()).toMatchObject([{ joins: 1 }]);
  });

  test('201: to a join whose events do not come either fails after ten seconds', async () => {
    breakAt('join', { status: 500, times: 1 });
    const guest = await guests.newGuest(stage);
    await until(() => clock.timers.includes(10_000));
    clock.advance(9_000);
    expect(guest.session.state.name).toBe('connecting');
    clock.advance(1_000);
    await guest.is('reconnecting');
    expect(guest.session.state).toMatchObject({ reason: 'platform-error', refusal: { status: 500 } });
    await reaches(guest, 'joined');
    expect(roster()).toMatchObject([{ joins: 1 }]);
  });

  test('198: is understood in XML too', async () => {
    const body =
      '<?xml version="1.0" encoding="utf-8"?><reason xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa">' +
      '<code>NotFound</code><subcode>DestinationNotFound</subcode><message xml:lang="en-US"/></reason>';
    breakAt('join', { status: 404, contentType: 'application/xml; charset=utf-8', body });
    const guest = await failed();
    expect(guest.session.state).toEqual({
      name: 'failed',
      reason: 'meeting-not-found',
      refusal: { status: 404, code: 'NotFound', subcode: 'DestinationNotFound' },
    });
  });

  test.each(['<reason><code>', '', '<html/>'])('198: in XML that is “%s” is a refusal without code', async (body) => {
    breakAt('join', { status: 403, contentType: 'application/vnd.microsoft.com.ucwa+xml', body });
    const guest = await failed();
    expect(guest.session.state).toEqual({ name: 'failed', reason: 'wrong-meeting', refusal: { status: 403 } });
  });

  test.each([undefined, { errorReportId: '1' }, 'DestinationNotFound, ApplicationNotFound', 7])(
    '199: with debugInfo %j keeps it for the log, and means the same',
    async (debugInfo) => {
      breakAt('join', { status: 403, ...json({ code: 'Forbidden', debugInfo }) });
      const guest = await failed();
      const refusal = { status: 403, code: 'Forbidden', ...(debugInfo !== undefined && { debugInfo }) };
      expect(guest.session.state).toEqual({ name: 'failed', reason: 'wrong-meeting', refusal });
    },
  );

  test('of a conflict at the creation of the application is followed by a reconnect', async () => {
    breakAt('applications', { status: 409, times: 1, ...json({ code: 'Conflict', subcode: 'AlreadyExists' }) });
    const guest = await guests.newGuest(stage);
    await reaches(guest, 'joined');
    expect(guest.tokens).toHaveLength(2);
  });

  test('that begins with U+FEFF is read', async () => {
    const marked = rewriting(({ body }) => (body === '' ? undefined : { body: `\uFEFF\uFEFF${body}` }));
    const guest = await guests.newGuest(stage, {}, marked);
    await guest.is('joined');
  });
});
