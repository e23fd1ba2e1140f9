import { randomBytes, randomUUID } from 'node:crypto';
import type { Service } from '../../lib/service.ts';
import { guestIdOf } from '../../lib/guests/identity.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { adjustableClock, type AdjustableClock } from './adjustableClock.ts';
import { noLimit } from './gatedService.ts';

/** A process: its own clock rules when it reads the ring again, so two of them know different rings for a while. */
interface Process {
  readonly app: Service;
  readonly clock: AdjustableClock;
}

let cloud: TestCloud;
let one: Process;
let other: Process;
let sessions: string[];

beforeAll(async () => {
  cloud = await startTestCloud();
  [one, other] = [newProcess(), newProcess()];
  sessions = await Promise.all(Array.from({ length: 12 }, () => newGuest(one)));
  // Both know the first ring.
  await other.app.rejoin({ applicationSessionId: sessions[0] ?? '' }, noLimit());
});

afterAll(() => cloud.stop());

function newProcess(): Process {
  const clock = adjustableClock();
  return { app: cloud.newApp({}, clock.now), clock };
}

async function newGuest({ app }: Process): Promise<string> {
  const applicationSessionId = randomUUID();
  await app.issue({ meetingUrl, applicationSessionId }, noLimit());
  return applicationSessionId;
}

/** Rejoins in both processes without a pause, new guests among them; `during` happens in the middle of it. */
async function underLoad(during: () => void): Promise<void> {
  const callers = [one, other, one, other].map(async (process, caller) => {
    for (let step = 0; step < 12; step++) {
      if (caller === 0 && step === 6) during();
      const applicationSessionId = sessions[(caller + 5 * step) % sessions.length] ?? '';
      await process.app.rejoin({ applicationSessionId }, noLimit());
      if (step % 4 === 0) sessions.push(await newGuest(process));
    }
  });
  await Promise.all(callers);
}

function replaceRing(...lines: string[]): void {
  cloud.simulator.world.secrets.set('guest-keys', lines.join('\n'));
}

const newLine = (kid: string): string => `${kid}.${randomBytes(32).toString('base64')}`;
const quarterOfAnHour = { minutes: 15 };

async function kidsInUse(): Promise<Set<string>> {
  const rows = await cloud.rows('guests');
  return new Set(rows.flatMap((row) => [String(row['sealed']).split('.')[1] ?? '', kidOfIndex(row)]));
}

function kidOfIndex(row: Record<string, unknown>): string {
  return String(row['meetingIndex']).split('.')[0] ?? '';
}

async function listed(app: Service): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await app.search.inMeeting(meetingUrl, cursor);
    found.push(...page.guests.map(({ guestId }) => guestId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.sort();
}

test('a ring that is rotated under load loses no request and no guest', async () => {
  const { secrets } = cloud.simulator.world;
  const first = secrets.find('guest-keys')?.value ?? '';
  const second = newLine('k2');

  // One process learns of the new key by the time of day, the other one by the guests that it meets.
  await underLoad(() => {
    replaceRing(second, first);
    one.clock.advance(quarterOfAnHour);
  });
  expect(await listed(one.app)).toEqual(sessions.map(guestIdOf).sort());

  // Every guest rejoins once, then the old key goes.
  other.clock.advance(quarterOfAnHour);
  for (const applicationSessionId of sessions) await other.app.rejoin({ applicationSessionId }, noLimit());
  expect(await kidsInUse()).toEqual(new Set(['k2']));

  await underLoad(() => {
    replaceRing(second);
    one.clock.advance(quarterOfAnHour);
    other.clock.advance(quarterOfAnHour);
  });
  const coldProcess = newProcess();
  for (const applicationSessionId of sessions) await coldProcess.app.rejoin({ applicationSessionId }, noLimit());
  expect(await listed(coldProcess.app)).toEqual(sessions.map(guestIdOf).sort());
});

test('rotating twice in a row is no different: a guest two keys old is carried on to the newest', async () => {
  const current = cloud.simulator.world.secrets.find('guest-keys')?.value ?? '';
  const late = await newGuest(one);
  replaceRing(newLine('k4'), newLine('k3'), current);
  one.clock.advance(quarterOfAnHour);
  await one.app.rejoin({ applicationSessionId: late }, noLimit());
  const row = await cloud.table('guests').getEntity(guestIdOf(late), 'guest');
  expect([String(row['sealed']).slice(0, 6), kidOfIndex(row)]).toEqual(['s1.k4.', 'k4']);
  expect(await listed(one.app)).toContain(guestIdOf(late));
});

test('a guest whose key was taken out too early is a problem of the secrets, and is back when the key is', async () => {
  const { secrets } = cloud.simulator.world;
  const good = secrets.find('guest-keys')?.value ?? '';
  const applicationSessionId = await newGuest(one);
  replaceRing(newLine('k9'));
  const cold = newProcess();
  await expect(cold.app.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({
    code: 'secrets-unavailable',
  });
  replaceRing(good);
  cold.clock.advance({ minutes: 1 });
  expect(await cold.app.rejoin({ applicationSessionId }, noLimit())).toMatchObject({ row: { rejoinCount: 1 } });
});
