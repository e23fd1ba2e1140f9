import { randomUUID } from 'node:crypto';
import type { Service } from '../../lib/service.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { asProblem } from '../../lib/problem.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../support/testCloud.ts';
import { adjustableClock } from './adjustableClock.ts';
import { startAgeingCloud } from './ageingCloud.ts';
import { noLimit } from './gatedService.ts';
import { Ledger, type Span } from './ledger.ts';
import { seededRandom, type SeededRandom } from './seededRandom.ts';
import { generatedCases, testSeed } from '../support/generatedCases.ts';

/** A deep run plays ten times as many. */
const rounds = generatedCases(8).numRuns;
const callers = 14;
const stepsPerCaller = 8;
const clock = adjustableClock();
const sessions = Array.from({ length: 4 }, () => randomUUID());
const platformFaults = [
  { delayMs: 10, share: 0.5 },
  // Slow to refuse, so that others go on with a first guest meanwhile.
  { status: 400, delayMs: 20, share: 0.5 },
  { status: 400, share: 0.7 },
  { cut: 'before-answer', share: 0.1 },
] as const;

let cloud: TestCloud;
let apps: Service[];
let ledger: Ledger;
let events = 0;
let steps: Record<string, number>;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
  apps = [cloud.newApp({}, clock.now), cloud.newApp({}, clock.now)];
  ledger = new Ledger();
  steps = {};
});

afterAll(() => cloud.stop());

test(
  'issue, rejoin, remove, search and purge in any order, from two processes, keep every promise',
  async () => {
    const random = seededRandom(testSeed);
    try {
      for (let round = 0; round < rounds; round++) await playRound(round, random);
    } catch (error) {
      throw new Error(`${asError(error).message} (TEST_SEED=${testSeed}, ${JSON.stringify(steps)})`, { cause: error });
    }
    // The rounds were worth it: everything happened, and little of it was given up for too much traffic.
    const answered = (kind: string): number => steps[kind] ?? 0;
    for (const kind of ['issue', 'rejoin', 'remove', 'guest-removed', 'guest-not-found', 'platform-refused']) {
      expect([kind, answered(kind) > rounds]).toEqual([kind, true]);
    }
    expect(answered('session-bound-to-another-meeting')).toBeGreaterThan(rounds / 4);
    expect(answered('storage-unavailable')).toBeLessThan(0.02 * rounds * callers * stepsPerCaller);
  },
  60_000 + rounds * 5_000,
);

async function playRound(round: number, random: SeededRandom): Promise<void> {
  const { faults } = cloud.simulator.world;
  // In turn, so that every run sees each of them.
  faults.set('platform.tokens', platformFaults[round % platformFaults.length] ?? {});
  const played = await Promise.allSettled(Array.from({ length: callers }, () => playCaller(random.fork())));
  for (const caller of played) if (caller.status === 'rejected') throw asError(caller.reason);
  faults.clear();
  await checkTables();
  await moveOn(random);
  if (random.chance(0.5)) await purgeAlone(random);
}

async function playCaller(random: SeededRandom): Promise<void> {
  for (let step = 0; step < stepsPerCaller; step++) {
    clock.advance({ milliseconds: random.below(100) });
    await playStep(random.pick(apps), random.pick(sessions), random);
  }
}

async function playStep(app: Service, applicationSessionId: string, random: SeededRandom): Promise<void> {
  const guestId = guestIdOf(applicationSessionId);
  const url = random.chance(0.8) ? meetingUrl : otherMeetingUrl;
  const choice = random.below(100);
  const begun = ++events;
  const span = (): Span => ({ begun, ended: ++events, endedAt: clock.now() });
  try {
    if (choice < 40) {
      const issued = await app.issue({ meetingUrl: url, applicationSessionId }, noLimit());
      ledger.delivered({ ...issued, ...span() }, { applicationSessionId, meetingUrl: url });
      count('issue');
    } else if (choice < 88) {
      const admitted = await app.rejoin({ applicationSessionId }, noLimit());
      ledger.delivered({ ...admitted, ...span() }, { applicationSessionId });
      count('rejoin');
    } else if (choice < 92) {
      ledger.removed({ ...(await app.remove(guestId)), ...span() });
      count('remove');
    } else if (choice < 96) {
      await app.search.inMeeting(url);
    } else {
      await app.purge();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    ledger.refused(guestId, error, span(), choice < 40 ? url : undefined);
    count(asProblem(error).code);
  }
}

/** With nobody at work: one row a guest, and the meetings list exactly those who are in. */
async function checkTables(): Promise<void> {
  const rows = await cloud.rows('guests');
  expect(new Set(rows.map(({ partitionKey }) => partitionKey)).size).toBe(rows.length);
  const [app] = apps;
  if (!app) return;
  const listed = [await everybody(app.search, meetingUrl), await everybody(app.search, otherMeetingUrl)];
  for (const applicationSessionId of sessions) {
    const guestId = guestIdOf(applicationSessionId);
    const row = rows.find(({ partitionKey }) => partitionKey === guestId);
    const delivery = ledger.lastOfPresent(guestId, clock.now());
    if (delivery) expect(row).toMatchObject({ state: expect.stringMatching(/active|removed/) as string });
    const isActive = row?.['state'] === 'active' && (row['expiresAt'] as Date).getTime() > clock.now();
    expect(listed.flat().filter((id) => id === guestId)).toHaveLength(isActive ? 1 : 0);
    if (!delivery || !isActive) continue;
    expect(listed[delivery.guest.meetingUrl === meetingUrl ? 0 : 1]).toContain(guestId);
    expect((row['tokensValidUntil'] as Date).getTime()).toBeGreaterThanOrEqual(delivery.join.expiryTime.getTime());
  }
}

async function everybody(search: Service['search'], url: string): Promise<string[]> {
  const { guests, cursor } = await search.inMeeting(url);
  expect(cursor).toBeUndefined();
  return guests.map(({ guestId }) => guestId);
}

/** Minutes, hours, past everybody's retention, or right before the end of somebody's. */
async function moveOn(random: SeededRandom): Promise<void> {
  const rows = await cloud.rows('guests');
  const remaining = rows.map(({ expiresAt }) => (expiresAt as Date).getTime() - clock.now()).filter((ms) => ms > 0);
  const choice = random.below(10);
  if (choice < 1) clock.advance({ minutes: random.below(60) });
  else if (choice < 2) clock.advance({ hours: 9 });
  else if (choice < 7) clock.advance({ hours: 25 });
  else if (remaining.length > 0) {
    clock.advance({ milliseconds: Math.max(0, random.pick(remaining) - random.below(2_000)) });
  }
}

async function purgeAlone(random: SeededRandom): Promise<void> {
  expect(await random.pick(apps).purge()).toMatchObject({ complete: true });
  const rows = [...(await cloud.rows('guests')), ...(await cloud.rows('meetingGuests'))];
  const past = rows.filter(({ expiresAt }) => (expiresAt as Date).getTime() < clock.now());
  expect(past).toEqual([]);
}

function count(kind: string): void {
  steps[kind] = (steps[kind] ?? 0) + 1;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
