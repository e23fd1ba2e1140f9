import { inspect } from 'node:util';
import type {
  AnonymousToken,
  ClientOptions,
  FreshGuest,
  FreshOptions,
  LostReason,
  RejoinToken,
} from '../../client/client.ts';
import { systemClock } from '../../client/clock.ts';
import { meetingUrl } from '../support/testCloud.ts';
import { until } from '../support/until.ts';
import { manualClock, type ManualClock } from './manualClock.ts';
import { problemOf, startServedClient, type ServedClient } from './servedClient.ts';

let served: ServedClient;

beforeAll(async () => {
  served = await startServedClient();
});

afterEach(() => served.mend());
afterAll(() => served.stop());

const minute = 60_000;
const hour = 60 * minute;
/** What the simulator's tokens live. */
const life = 8 * hour;

/** A guest that is kept fresh by a clock of the test's, and what its listeners got. */
interface Kept {
  guest: FreshGuest;
  join: AnonymousToken;
  clock: ManualClock;
  tokens: RejoinToken[];
  lost: [LostReason, unknown][];
}

type KeepOptions = Partial<Omit<ClientOptions, 'clock'>> & { clock?: ManualClock };

const kept = new Set<FreshGuest>();
afterEach(() => {
  for (const guest of kept) guest.stop();
  kept.clear();
});

// One try a renewal, and time without end for it: the clock of a test leaps while a request is on its real way.
const oneTry = { tries: 1, tryMs: 1e12, totalMs: 1e12 };

async function keep(
  options: FreshOptions = {},
  { clock = manualClock(), ...clientOptions }: KeepOptions = {},
): Promise<Kept> {
  const client = served.newClient({ clock, random: () => 0, retry: oneTry, ...clientOptions });
  const join = await client.issue({ meetingUrl });
  served.proxy.passed.length = 0;
  const [tokens, lost]: [Kept['tokens'], Kept['lost']] = [[], []];
  const guest = client.keepFresh(join, {
    onToken: (token) => tokens.push(token),
    onLost: (...loss) => lost.push(loss),
    ...options,
  });
  kept.add(guest);
  return { guest, join, clock, tokens, lost };
}

/** Goes on by seconds, whenever no renewal is on its way, until something has happened; returns how long that took in ms. */
async function advanceUntil(clock: ManualClock, happened: () => boolean): Promise<number> {
  for (let seconds = 0; ; seconds++) {
    await until(() => happened() || clock.timers.some((ms) => ms <= 30_000));
    if (happened()) return 1_000 * seconds;
    clock.advance(1_000);
  }
}

/** Whether a renewal is on its way: known at once, before it has reached the service. */
const renewing = ({ timers }: ManualClock): boolean => timers.includes(oneTry.tryMs);

const renewals = (): number => served.proxy.passed.length;

describe('a guest that is kept fresh', () => {
  test('gets a new token five minutes before each one ends', async () => {
    const { guest, join, clock, tokens } = await keep();
    clock.advance(life - 6 * minute);
    expect(renewing(clock)).toBe(false);
    clock.advance(2 * minute);
    await until(() => tokens.length === 1);
    expect(tokens[0]).toMatchObject({ guestId: join.guestId, rejoinCount: 1, identityPreserved: true });
    expect(guest.current).toBe(tokens[0]);

    clock.advance(life - 6 * minute);
    expect(renewing(clock)).toBe(false);
    clock.advance(2 * minute);
    await until(() => tokens.length === 2);
    expect(tokens[1]).toMatchObject({ guestId: join.guestId, rejoinCount: 2 });
  });

  test('is renewed up to five minutes earlier than others who came at the same time', async () => {
    const { clock, tokens } = await keep({}, { random: () => 0.99 });
    clock.advance(life - 10 * minute - 30_000);
    expect(renewing(clock)).toBe(false);
    clock.advance(minute);
    await until(() => tokens.length === 1);
  });

  test('can be renewed earlier or later than by default', async () => {
    const { clock, tokens } = await keep({ renewBeforeMs: hour });
    clock.advance(life - hour - minute);
    expect(renewing(clock)).toBe(false);
    clock.advance(2 * minute);
    await until(() => tokens.length === 1);
  });

  test('whose token lives for two minutes only is renewed in the last quarter of them', async () => {
    served.world.platform.tokenLifetimeSeconds = 120;
    const { clock, tokens } = await keep();
    clock.advance(90_000);
    expect(renewing(clock)).toBe(false);
    clock.advance(10_000);
    await until(() => tokens.length === 1);
  });

  test('is renewed within half a minute when the machine has slept past the time, or past the end of the token', async () => {
    for (const slept of [life - 2 * minute, 3 * life]) {
      const { clock, tokens } = await keep();
      clock.jump(slept);
      expect(renewing(clock)).toBe(false);
      // Timers have stood still meanwhile; the next look at the time is at most this far off.
      clock.advance(30_000);
      await until(() => tokens.length === 1);
    }
  });

  test.each(['2026-01-01T00:00:00.000Z', 'whenever'])(
    'is renewed at once when its token was stored and ended %s',
    async (expiryTime) => {
      const clock = manualClock();
      const client = served.newClient({ clock });
      const stored = { ...(await client.issue({ meetingUrl })), expiryTime };
      const guest = client.keepFresh(stored);
      kept.add(guest);
      clock.advance(0);
      await until(() => guest.current !== stored);
    },
  );

  test.each([7.9, -7.9, 1_000])('is renewed in time where the clock is wrong by %d hours', async (hours) => {
    const clock = manualClock();
    clock.jump(hours * hour);
    const { tokens } = await keep({}, { clock });
    clock.advance(life - 6 * minute);
    expect(renewing(clock)).toBe(false);
    clock.advance(2 * minute);
    await until(() => tokens.length === 1);
  });

  test('sets no timer longer than half a minute, so that none overflows and every sleep is noticed', async () => {
    const { clock, guest } = await keep();
    const far = served.newClient({ clock }).keepFresh({ ...guest.current, expiryTime: '2526-01-01T00:00:00.000Z' });
    kept.add(far);
    expect(clock.timers).toEqual([30_000, 30_000]);
    clock.advance(40 * 24 * hour);
    expect(far.current).toMatchObject({ expiryTime: '2526-01-01T00:00:00.000Z' });
  });

  test('does not ask for one token after the other when all of them look ended', async () => {
    served.world.platform.tokenLifetimeSeconds = 1;
    const { clock, tokens } = await keep();
    clock.advance(3_000);
    await until(() => tokens.length === 1);
    for (let count = 1; count < 4; count++) {
      clock.advance(27_000);
      expect(renewing(clock)).toBe(false);
      clock.advance(5_000);
      await until(() => tokens.length === count + 1);
    }
  });
});

describe('a drop of the connection', () => {
  test('gives the same guest a token at once, and renewal follows that one', async () => {
    const { guest, join, clock, tokens } = await keep();
    clock.advance(4 * hour);
    const rejoined = await guest.rejoin();
    expect(rejoined).toMatchObject({ guestId: join.guestId, identityPreserved: true });
    await until(() => tokens.length === 1);
    expect(guest.current).toBe(rejoined);
    clock.advance(life - 6 * minute);
    expect(renewing(clock)).toBe(false);
    clock.advance(2 * minute);
    await until(() => tokens.length === 2);
  });

  test('shares the renewal that is under way', async () => {
    const { guest, clock, tokens } = await keep();
    clock.advance(life - 4 * minute);
    const rejoined = await Promise.all([guest.rejoin(), guest.rejoin(), guest.rejoin()]);
    expect(new Set(rejoined).size).toBe(1);
    expect(renewals()).toBe(1);
    await until(() => tokens.length === 1);
    expect(await guest.rejoin()).not.toBe(rejoined[0]);
  });

  test('during which a rejoin fails rejects that rejoin, and leaves the renewal as planned', async () => {
    const { guest, clock, tokens, lost } = await keep();
    await served.proxy.setDown(true);
    expect((await problemOf(guest.rejoin())).code).toBe('unreachable');
    await served.proxy.setDown(false);
    clock.advance(life - 6 * minute);
    expect(renewing(clock)).toBe(false);
    clock.advance(2 * minute);
    await until(() => tokens.length === 1);
    expect(lost).toEqual([]);
  });

  test('whose rejoin is aborted by one caller still gives the others a token', async () => {
    const { guest } = await keep();
    const impatient = new AbortController();
    const gone = new Error('no time');
    const [first, second] = [guest.rejoin({ signal: impatient.signal }), guest.rejoin()];
    impatient.abort(gone);
    await expect(first).rejects.toBe(gone);
    expect(await second).toBe(guest.current);
    expect(renewals()).toBe(1);
  });
});

describe('a renewal that fails', () => {
  test('is repeated until it succeeds', async () => {
    const { guest, clock, tokens, lost } = await keep();
    served.proxy.lose({ status: 503 }, { status: 500 }, 'before-answer', { status: 200, body: 'Please sign in.' });
    clock.advance(life - 5 * minute + 5_000);
    expect(await advanceUntil(clock, () => tokens.length > 0)).toBeLessThan(5 * minute);
    expect(renewals()).toBe(5);
    expect(guest.current).toBe(tokens[0]);
    expect(lost).toEqual([]);
  });

  test('waits as long as Retry-After says', async () => {
    const { clock, tokens } = await keep();
    served.proxy.lose({ status: 503, headers: { 'retry-after': '120' } });
    clock.advance(life - 5 * minute + 5_000);
    await until(() => clock.timers.some((ms) => ms <= 30_000) && renewals() === 1);
    clock.advance(119_000);
    expect(renewing(clock)).toBe(false);
    clock.advance(1_000);
    await until(() => tokens.length === 1);
  });

  test('until the token has ended is reported once, with the error of the last try; a rejoin then starts renewal again', async () => {
    const { guest, clock, tokens, lost } = await keep();
    served.proxy.lose(...Array.from({ length: 99 }, () => ({ status: 503 })));
    clock.advance(life - 5 * minute + 5_000);
    const triedForMs = await advanceUntil(clock, () => lost.length > 0);
    expect(triedForMs).toBeGreaterThan(5 * minute - 10_000);
    expect(triedForMs).toBeLessThan(5 * minute);
    expect(lost).toEqual([['expired', expect.objectContaining({ code: 'unreachable', status: 503 })]]);
    expect(renewals()).toBeGreaterThan(5);
    expect(renewals()).toBeLessThan(40);
    expect(clock.timers).toEqual([]);

    served.proxy.lose();
    await guest.rejoin();
    await until(() => tokens.length === 1);
    expect(clock.timers).toEqual([30_000]);
    expect(lost).toHaveLength(1);
  });

  test('after the machine has slept past the end of the token is repeated for another minute', async () => {
    const { clock, tokens, lost } = await keep();
    await served.proxy.setDown(true);
    clock.jump(2 * life);
    clock.advance(30_000);
    await until(() => clock.timers.some((ms) => ms < 20_000));
    await served.proxy.setDown(false);
    clock.advance(20_000);
    await until(() => tokens.length === 1);
    expect(lost).toEqual([]);
  });

  test('because the guest was removed ends renewal, and is reported once', async () => {
    const { guest, join, clock, lost } = await keep();
    await served.newClient().removeGuest(join.guestId);
    clock.advance(life - 5 * minute + 5_000);
    await until(() => lost.length === 1);
    expect(lost).toEqual([['guest-removed', expect.objectContaining({ status: 410 })]]);
    expect(clock.timers).toEqual([]);
    expect((await problemOf(guest.rejoin())).code).toBe('guest-removed');
    expect(lost).toHaveLength(1);
    expect(clock.timers).toEqual([]);
  });

  test('because the service does not know the guest any more ends renewal', async () => {
    const { join, clock, lost } = await keep();
    await served.cloud.table('guests').deleteEntity(join.guestId, 'guest');
    clock.advance(life - 5 * minute + 5_000);
    await until(() => lost.length === 1);
    expect(lost[0]?.[0]).toBe('guest-not-found');
  });
});

describe('a guest that is stopped', () => {
  test.each([
    [
      'by hand',
      (guest: FreshGuest) => {
        guest.stop();
      },
    ],
    [
      'by its signal',
      (_guest: FreshGuest, signal: AbortController) => {
        signal.abort();
      },
    ],
  ])('%s is renewed no more, and a waiting rejoin is rejected', async (_, stop) => {
    const signal = new AbortController();
    const { guest, join, clock, tokens, lost } = await keep({ signal: signal.signal });
    served.proxy.lose('never');
    const waiting = guest.rejoin();
    await until(() => renewals() === 1);
    stop(guest, signal);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(guest.rejoin()).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.timers).toEqual([]);
    clock.advance(2 * life);
    expect(renewing(clock)).toBe(false);
    expect([tokens, lost]).toEqual([[], []]);
    expect(guest.current).toBe(join);
  });

  test('before it began is never renewed', async () => {
    const { clock } = await keep({ signal: AbortSignal.abort() });
    expect(clock.timers).toEqual([]);
  });
});

test('printing a guest shows no token and no session id', async () => {
  const { guest, join } = await keep();
  for (const shown of [inspect(guest, { depth: 9, showHidden: true }), JSON.stringify(guest)]) {
    expect(shown).not.toContain(join.token);
    expect(shown).not.toContain(join.applicationSessionId);
  }
});

describe('the system clock', () => {
  test('calls back in time, and not at all when cancelled', async () => {
    const called: string[] = [];
    const startedAt = systemClock.now();
    systemClock.after(10, () => called.push('called off'))();
    systemClock.after(20, () => called.push('in time'));
    await until(() => called.length > 0);
    expect(called).toEqual(['in time']);
    expect(systemClock.now() - startedAt).toBeGreaterThanOrEqual(15);
  });

  test('keeps a wait that is too long for one timer', async () => {
    let early = false;
    const callOff = systemClock.after(2 ** 31 + 1, () => (early = true));
    let passed = false;
    // One that overflowed would be called back after a millisecond, so before this one.
    systemClock.after(20, () => (passed = true));
    await until(() => passed);
    expect(early).toBe(false);
    callOff();
  });
});
