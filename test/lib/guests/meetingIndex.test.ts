import { openTable, type Table } from '../../../lib/azure/tables.ts';
import { createMeetingIndex, type MeetingIndex } from '../../../lib/guests/meetingIndex.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
let index: MeetingIndex;
const expiresAt = new Date('2026-01-16T12:00:00.292Z');

beforeAll(async () => {
  cloud = await startTestCloud();
  index = createMeetingIndex(table('meetingGuests'));
});

afterAll(() => cloud.stop());

function table(name: string): Table {
  return openTable(readSettings(cloud.environment), name);
}

test('lists a meeting’s guests in their order, page by page, and no other meeting’s', async () => {
  const guestIds = Array.from({ length: 7 }, (_, number) => `guest-${number}`);
  for (const guestId of [...guestIds].reverse()) await index.put('k1.paged', guestId, expiresAt);
  await index.put('k1.other', 'guest-elsewhere', expiresAt);
  expect(await index.list('k1.paged', '', 5)).toEqual(guestIds.slice(0, 5));
  expect(await index.list('k1.paged', 'guest-4', 5)).toEqual(guestIds.slice(5));
  expect(await index.list('k1.paged', 'guest-6', 5)).toEqual([]);
});

test('a guest enters a meeting once, with the newest date', async () => {
  await index.put('k1.twice', 'guest', new Date(0));
  await index.put('k1.twice', 'guest', expiresAt);
  expect(await index.list('k1.twice', '', 5)).toEqual(['guest']);
  expect(await cloud.table('meetingGuests').getEntity('k1.twice', 'guest')).toMatchObject({ expiresAt });
});

test('an entry is dropped whoever wrote it, and dropping an absent one is fine', async () => {
  await index.put('k1.dropped', 'guest', expiresAt);
  await index.drop('k1.dropped', 'guest');
  await index.drop('k1.dropped', 'guest');
  expect(await index.list('k1.dropped', '', 5)).toEqual([]);
});

test('an entry is taken back only as long as nobody has written it again', async () => {
  const first = await index.put('k1.taken', 'guest', expiresAt);
  const second = await index.put('k1.taken', 'guest', expiresAt);
  await index.takeBack(first);
  expect(await index.list('k1.taken', '', 5)).toEqual(['guest']);
  await index.takeBack(second);
  await index.takeBack(second);
  expect(await index.list('k1.taken', '', 5)).toEqual([]);
});

test('a quote in a name does not change the question', async () => {
  await index.put("k1.o'neill", 'guest', expiresAt);
  expect(await index.list("k1.o'neill", '', 5)).toEqual(['guest']);
  expect(await index.list("x' or PartitionKey ge 'k", '', 5)).toEqual([]);
});

test('a missing table is a broken store', async () => {
  const nowhere = createMeetingIndex(table('nosuchtable'));
  await expect(nowhere.put('k1.x', 'guest', expiresAt)).rejects.toMatchObject({ code: 'storage-unavailable' });
  await expect(nowhere.drop('k1.x', 'guest')).rejects.toMatchObject({ code: 'storage-unavailable' });
  await expect(nowhere.list('k1.x', '', 5)).rejects.toMatchObject({ code: 'storage-unavailable' });
});
