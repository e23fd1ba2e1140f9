import { randomUUID } from 'node:crypto';
import { openTable, type Table } from '../../../lib/azure/tables.ts';
import { functionKeyHolder } from '../../../lib/callers.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { purgeExpired } from '../../../lib/guests/purge.ts';
import { readSettings } from '../../../lib/settings.ts';
import { adjustableClock } from '../../races/adjustableClock.ts';
import { startAgeingCloud } from '../../races/ageingCloud.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { meetingUrl, otherMeetingUrl, type TestCloud } from '../../support/testCloud.ts';

const clock = adjustableClock();
let cloud: TestCloud;
let one: GatedService;
let purger: GatedService;
let applicationSessionId: string;
let guestId: string;

beforeAll(async () => {
  cloud = await startAgeingCloud(clock);
});

beforeEach(async () => {
  one = gatedService(cloud, clock.now);
  purger = gatedService(cloud, clock.now);
  clock.advance({ hours: 100 });
  await purger.purge();
  applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
  await one.issue({ meetingUrl, applicationSessionId }, noLimit());
});

afterAll(() => cloud.stop());

const guestRows = () => cloud.rows('guests');
const entries = () => cloud.rows('meetingGuests');

test('deletes what is past its retention from every table, and nothing else', async () => {
  await cloud.table('discoveryHealth').createEntity({
    partitionKey: 'trusted-application',
    rowKey: 'old',
    expiresAt: new Date(clock.now()),
  });
  clock.advance({ hours: 23 });
  const { row } = await one.issue({ meetingUrl, applicationSessionId: randomUUID() }, noLimit());
  clock.advance({ hours: 1, milliseconds: 1 });
  expect(await purger.purge()).toEqual({ deleted: { guests: 1, meetingGuests: 1 }, complete: true });
  expect(await guestRows()).toEqual([expect.objectContaining({ partitionKey: row.guestId })]);
  expect(await entries()).toEqual([expect.objectContaining({ rowKey: row.guestId })]);
  const app = cloud.newApp({}, clock.now);
  expect(await app.purge()).toEqual({
    deleted: { guests: 0, meetingGuests: 0, meetingRequests: 0, discoveryHealth: 1 },
    complete: true,
  });
});

test('deletes the replies to requests that were kept long enough, and leaves subscriptions alone', async () => {
  const app = cloud.newApp({}, clock.now);
  const create = () => app.createMeeting({}, { caller: functionKeyHolder, key: randomUUID() }, noLimit());
  await create();
  const subscribed = await app.subscriptions.subscribe('https://hooks.example/a');
  clock.advance({ hours: 24 });
  await create();
  clock.advance({ milliseconds: 1 });
  expect((await app.purge()).deleted['meetingRequests']).toBe(1);
  expect(await cloud.rows('meetingRequests')).toHaveLength(1);
  clock.advance({ hours: 10_000 });
  await app.purge();
  expect(await cloud.rows('meetingRequests')).toEqual([]);
  expect(await cloud.rows('healthSubscriptions')).toMatchObject([{ rowKey: subscribed.subscriptionId }]);
});

test('keeps a tombstone until its own retention has passed', async () => {
  clock.advance({ hours: 23 });
  await one.remove(guestId);
  clock.advance({ hours: 2 });
  await purger.purge();
  await expect(one.rejoin({ applicationSessionId }, noLimit())).rejects.toMatchObject({ code: 'guest-removed' });
  clock.advance({ hours: 23 });
  await purger.purge();
  expect(await guestRows()).toEqual([]);
});

describe('the index entry', () => {
  test('of a guest who rejoins is brought up to the guest’s date, so the guest stays on the list', async () => {
    clock.advance({ hours: 23 });
    const { row } = await one.rejoin({ applicationSessionId }, noLimit());
    clock.advance({ hours: 2 });
    expect(await purger.purge()).toMatchObject({ deleted: { meetingGuests: 0 } });
    expect(await entries()).toEqual([expect.objectContaining({ rowKey: guestId, expiresAt: row.expiresAt })]);
    expect((await one.search.inMeeting(meetingUrl)).guests).toHaveLength(1);
  });

  test('of a guest who has begun anew in another meeting goes, the new one stays', async () => {
    clock.advance({ hours: 24 });
    await one.issue({ meetingUrl: otherMeetingUrl, applicationSessionId }, noLimit());
    expect(await entries()).toHaveLength(2);
    clock.advance({ milliseconds: 1 });
    await purger.purge();
    expect(await entries()).toHaveLength(1);
    expect((await one.search.inMeeting(otherMeetingUrl)).guests).toHaveLength(1);
  });

  test('that is written again while the purge looks for its guest stays', async () => {
    await one.remove(guestId);
    await one.deps.index.put('k1.left-behind', guestId, new Date(clock.now() - 1));
    const deleting = purger.gates.before('purgedIndex.call', 2);
    const purging = purger.purge();
    await deleting.reached;
    await one.deps.index.put('k1.left-behind', guestId, new Date(clock.now() + 1));
    deleting.open();
    expect(await purging).toMatchObject({ deleted: { meetingGuests: 0 } });
    expect(await entries()).toHaveLength(1);
  });
});

describe('at the edge of retention', () => {
  beforeEach(() => {
    clock.advance({ hours: 24, milliseconds: -1 });
  });

  test('a row that a rejoin extends while the purge is about to delete it stays', async () => {
    const writing = one.gates.before('guests.replace');
    const rejoining = one.rejoin({ applicationSessionId }, noLimit());
    await writing.reached;
    clock.advance({ milliseconds: 2 });
    const deleting = purger.gates.before('purgedGuests.call', 2);
    const purging = purger.purge();
    await deleting.reached;
    writing.open();
    const { row } = await rejoining;
    deleting.open();
    expect(await purging).toEqual({ deleted: { guests: 0, meetingGuests: 0 }, complete: true });
    expect(await guestRows()).toEqual([expect.objectContaining({ rejoinCount: 1, expiresAt: row.expiresAt })]);
    expect(await entries()).toEqual([expect.objectContaining({ expiresAt: row.expiresAt })]);
  });

  test('a rejoin whose row the purge has deleted gets no token', async () => {
    const writing = one.gates.before('guests.replace');
    const rejoining = one.rejoin({ applicationSessionId }, noLimit());
    await writing.reached;
    clock.advance({ milliseconds: 2 });
    await purger.purge();
    writing.open();
    await expect(rejoining).rejects.toMatchObject({ code: 'guest-not-found' });
    expect(await guestRows()).toEqual([]);
  });

  test('an issue whose row the purge has deleted begins anew', async () => {
    const writing = one.gates.before('guests.replace');
    const issuing = one.issue({ meetingUrl, applicationSessionId }, noLimit());
    await writing.reached;
    clock.advance({ milliseconds: 2 });
    await purger.purge();
    writing.open();
    expect(await issuing).toMatchObject({ created: true });
    expect((await one.search.inMeeting(meetingUrl)).guests).toHaveLength(1);
  });
});

test('two purges at once delete each row once', async () => {
  await Promise.all(
    Array.from({ length: 40 }, () => one.issue({ meetingUrl, applicationSessionId: randomUUID() }, noLimit())),
  );
  clock.advance({ hours: 25 });
  const [first, second] = await Promise.all([one.purge(), purger.purge()]);
  expect((first.deleted['guests'] ?? 0) + (second.deleted['guests'] ?? 0)).toBe(41);
  expect([await guestRows(), await entries()]).toEqual([[], []]);
});

test('more rows than a page holds all go, and a run whose time is up goes on next time', async () => {
  const health = cloud.table('discoveryHealth');
  const rows = Array.from({ length: 110 }, (_, index) => ({
    partitionKey: 'trusted-application',
    rowKey: String(index),
    expiresAt: new Date(clock.now() - 1),
  }));
  for (let start = 0; start < rows.length; start += 100) {
    await health.submitTransaction(rows.slice(start, start + 100).map((row) => ['create', row]));
  }
  const table = openTable(readSettings(cloud.environment), 'discoveryHealth');
  const options = { tables: [{ name: 'discoveryHealth', table }], now: clock.now, pageSize: 50 };
  const cutShort = await purgeExpired({ ...options, timeLimitMs: 0 });
  expect(cutShort).toEqual({ deleted: { discoveryHealth: 16 }, complete: false });
  const whole = await purgeExpired({ ...options, rowsAtOnce: 64 });
  expect(whole).toEqual({ deleted: { discoveryHealth: 94 }, complete: true });
  expect(await cloud.rows('discoveryHealth')).toEqual([]);
});

test('sixteen deletions are under way at most, and as many as that', async () => {
  const expired = { partitionKey: 'p', expiresAt: new Date(clock.now() - 1) };
  const rows = cloud.table('discoveryHealth');
  await rows.submitTransaction(
    Array.from({ length: 50 }, (_, index) => ['create', { ...expired, rowKey: String(index) }]),
  );
  let underWay = 0;
  let most = 0;
  const real = openTable(readSettings(cloud.environment), 'discoveryHealth');
  const table: Table = {
    call: async (operation) => {
      most = Math.max(most, ++underWay);
      return real.call(operation).finally(() => (underWay -= 1));
    },
  };
  expect(await purgeExpired({ tables: [{ name: 'rows', table }], now: clock.now })).toEqual({
    deleted: { rows: 50 },
    complete: true,
  });
  expect(most).toBe(16);
});
