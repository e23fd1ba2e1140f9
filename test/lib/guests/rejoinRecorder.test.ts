import { randomUUID } from 'node:crypto';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import type { StoredGuest } from '../../../lib/guests/guestTable.ts';
import { createRejoinRecorder } from '../../../lib/guests/rejoinRecorder.ts';
import { requireActive } from '../../../lib/guests/standing.ts';
import { gatedService, noLimit, type GatedService } from '../../races/gatedService.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
let one: GatedService;
let other: GatedService;
let guestId: string;
let seen: StoredGuest;
/** How many rejoins each write of `one` stood for. */
let shares: number[];

beforeAll(async () => {
  cloud = await startTestCloud();
});

beforeEach(async () => {
  [one, other] = [gatedService(cloud), gatedService(cloud)];
  shares = [];
  const applicationSessionId = randomUUID();
  guestId = guestIdOf(applicationSessionId);
  await one.issue({ meetingUrl, applicationSessionId }, noLimit());
  seen = await read();
});

afterAll(() => cloud.stop());

async function read(): Promise<StoredGuest> {
  const row = await one.admission.guests.read(guestId);
  if (!row) throw new Error('the guest is gone');
  return row;
}

function recorderOf({ admission }: GatedService): (seen: StoredGuest) => Promise<StoredGuest> {
  const recorder = createRejoinRecorder({
    table: admission.guests,
    requireActive: (row) => requireActive(row, Date.now()),
    advance: (row, rejoins) => {
      shares.push(rejoins);
      // Sealed anew each time in the service, so that a write tells whose it is.
      return Promise.resolve({ ...row, sealed: randomUUID(), rejoinCount: row.rejoinCount + rejoins });
    },
  });
  return (row) => recorder.record(row);
}

const counts = (rows: readonly StoredGuest[]): number[] => rows.map(({ rejoinCount }) => rejoinCount);

test('one rejoin is one write', async () => {
  expect(await recorderOf(one)(seen)).toMatchObject({ rejoinCount: 1 });
  expect(shares).toEqual([1]);
  expect(await read()).toMatchObject({ rejoinCount: 1 });
});

test('those who come while a write is under way share the next one, each with a number of its own', async () => {
  const record = recorderOf(one);
  const writing = one.gates.before('guests.replace');
  const first = record(seen);
  await writing.reached;
  const others = Array.from({ length: 49 }, () => record(seen));
  writing.open();
  expect(counts(await Promise.all([first, ...others]))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(shares).toEqual([1, 49]);
  expect(await read()).toMatchObject({ rejoinCount: 50 });
});

test('two processes that write in turn both get all their rejoins counted', async () => {
  const [record, recordElsewhere] = [recorderOf(one), recorderOf(other)];
  const half = Array.from({ length: 30 });
  const rows = await Promise.all(half.flatMap(() => [record(seen), recordElsewhere(seen)]));
  const numbers = counts(rows).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(await read()).toMatchObject({ rejoinCount: 60 });
});

test('a removal in between refuses all who share the write, and the next one too', async () => {
  const record = recorderOf(one);
  const writing = one.gates.before('guests.replace');
  const first = record(seen);
  await writing.reached;
  const second = record(seen);
  await other.remove(guestId);
  writing.open();
  await expect(first).rejects.toMatchObject({ code: 'guest-removed' });
  await expect(second).rejects.toMatchObject({ code: 'guest-removed' });
});

test('a row that is gone refuses with 404', async () => {
  await one.admission.guests.delete(guestId, seen.etag);
  await expect(recorderOf(one)(seen)).rejects.toMatchObject({ code: 'guest-not-found' });
});

test('a row that changes before every try is given up, and the queue goes on afterwards', async () => {
  const record = recorderOf(one);
  const tries = Array.from({ length: 4 }, () => one.gates.before('guests.replace'));
  const recording = record(seen);
  for (const writing of tries) {
    await writing.reached;
    await recorderOf(other)(await read());
    writing.open();
  }
  await expect(recording).rejects.toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 1 });
  expect(await record(await read())).toMatchObject({ rejoinCount: 5 });
});

test('a write whose answer was lost is found again by its seal and counted once', async () => {
  const recorder = createRejoinRecorder({
    table: one.admission.guests,
    requireActive: (row) => requireActive(row, Date.now()),
    advance: async (row, rejoins) => {
      const advanced = { ...row, sealed: randomUUID(), rejoinCount: row.rejoinCount + rejoins };
      // The write arrives, and then once more, as the SDK repeats it when the answer does not come.
      await other.admission.guests.replace(advanced, row.etag);
      return advanced;
    },
  });
  expect(await recorder.record(seen)).toMatchObject({ rejoinCount: 1 });
  expect(await read()).toMatchObject({ rejoinCount: 1 });
});
