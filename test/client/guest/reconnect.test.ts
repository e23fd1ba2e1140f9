import { AnonymousJoinProblem, type ProblemCode } from '../../../client/client.ts';
import type { GuestToken, NextGuestToken } from '../../../client/guest/guest.ts';
import { until } from '../../support/until.ts';
import { manualClock, type ManualClock } from '../manualClock.ts';
import { anyStage, passUntil, startGuestCloud, type GuestCloud, type TestGuest } from './guestCloud.ts';

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

  test('tries as long as it is told to', async () => {
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

  test('comes back when the service is there again', async () => {
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

  test('does not wait for a token for ever', async () => {
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

  test('counts its attempts anew after it was in for a while, and not before', async () => {
    const guest = await joined();
    const attempts: number[] = [];
    for (const stayMs of [0, 0, 31_000, 0]) {
      clock.advance(stayMs);
      await drop(guest);
      if (guest.session.state.name === 'reconnecting') attempts.push(guest.session.state.attempt);
      await reaches(guest, 'joined');
    }
    expect(attempts).toEqual([1, 2, 1, 2]);
  });

  test('notices a connection that is silent for longer than the server ever is', async () => {
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

  test('is not dropped by a hiccup', async () => {
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
    'while %s is silent is gone, and leaves nothing behind',
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

  test('while it waits for its way back is gone, and so is what was left of it in the room', async () => {
    const guest = await joined({ rejoin: refused('unreachable') });
    await drop(guest);
    expect(guests.roster(anyStage)).toHaveLength(1);
    await guest.session.leave();
    expect(guests.roster(anyStage)).toEqual([]);
    expect(clock.timers).toEqual([]);
  });

  test('without a network is gone for itself after five seconds', async () => {
    const guest = await joined();
    guests.world.faults.set('guest.application', { never: true });
    const leaving = guest.session.leave();
    await until(() => guests.world.counts()['guest.application'] === 1);
    await clock.pass(5_000);
    await leaving;
    expect(clock.timers).toEqual([]);
  });
});

test('a guest for whom it is over leaves no timer, and no application', async () => {
  const guest = await joined();
  guests.room(anyStage).eject(guests.roster(anyStage)[0]?.id ?? '');
  await guest.is('failed');
  await until(() => guest.network.sent.at(-1)?.method === 'DELETE' && guest.network.sent.at(-1)?.status === 204);
  await guest.session.leave();
  expect(guest.session.state.name).toBe('failed');
  expect(clock.timers).toEqual([]);
  expect(guests.world.guests.count).toBe(0);
});
