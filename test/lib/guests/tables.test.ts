import { randomUUID } from 'node:crypto';
import { openTable, type Table } from '../../../lib/azure/tables.ts';
import { GuestTable, type GuestRow } from '../../../lib/guests/guestTable.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { MeetingIndex } from '../../../lib/guests/meetingIndex.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
let guests: GuestTable;
let index: MeetingIndex;

beforeAll(async () => {
  cloud = await startTestCloud();
  guests = new GuestTable(table('guests'));
  index = new MeetingIndex(table('meetingGuests'));
});

afterAll(() => cloud.stop());

function table(name: string): Table {
  return openTable(readSettings(cloud.environment), name);
}

// What TypedRows promises of every table stands in test/lib/azure/typedRows.test.ts.
describe('the table of guests', () => {
  const newGuest = (): GuestRow => ({
    guestId: guestIdOf(randomUUID()),
    state: 'active',
    platform: 'trusted-application',
    sealed: `s1.k1.${randomUUID()}`,
    meetingIndex: 'k1.abc',
    createdAt: new Date('2026-01-15T12:00:00.292Z'),
    lastTokenAt: new Date('2026-01-15T12:00:00.292Z'),
    tokensValidUntil: new Date('2026-01-15T20:00:00.292Z'),
    rejoinCount: 0,
    expiresAt: new Date('2026-01-16T12:00:00.292Z'),
  });

  test('gives a row back as it was written', async () => {
    const guest = newGuest();
    const { etag } = { ...(await guests.insert(guest)) };
    expect(await guests.read(guest.guestId)).toEqual({ ...guest, etag });
    expect(await guests.read(guestIdOf(randomUUID()))).toBeUndefined();
  });

  test('stores nothing but its columns, whatever else the object carries', async () => {
    const guest = newGuest();
    const careless = { ...guest, token: 'psat=secret', applicationSessionId: 'secret' };
    await guests.insert(careless);
    const stored = await cloud.table('guests').getEntity(guest.guestId, 'guest');
    expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['token']));
    expect(JSON.stringify(stored)).not.toContain('secret');
  });

  test('takes one of two tombstones for a row', async () => {
    const guest = newGuest();
    const inserted = await guests.insert(guest);
    const tombstone = { ...guest, state: 'removed', sealed: '', removedAt: new Date() } as const;
    expect(await guests.replace(tombstone, inserted?.etag ?? '')).toMatchObject({ state: 'removed' });
    expect(await guests.replace(tombstone, inserted?.etag ?? '')).toBeUndefined();
  });

  test('replaces and deletes a row only under the ETag that it has', async () => {
    const guest = newGuest();
    const inserted = await guests.insert(guest);
    expect(await guests.insert({ ...guest, sealed: 's1.k1.another' })).toBeUndefined();
    const replaced = await guests.replace({ ...guest, sealed: 's1.k1.second', rejoinCount: 1 }, inserted?.etag ?? '');
    expect(replaced).toMatchObject({ rejoinCount: 1 });
    const late = await guests.replace({ ...guest, sealed: 's1.k1.third', rejoinCount: 7 }, inserted?.etag ?? '');
    expect(late).toBeUndefined();
    expect(await guests.read(guest.guestId)).toEqual(replaced);
    expect(await guests.delete(guest.guestId, inserted?.etag ?? '')).toBe(false);
    expect(await guests.delete(guest.guestId, replaced?.etag ?? '')).toBe(true);
    expect(await guests.replace(guest, replaced?.etag ?? '')).toBeUndefined();
  });

  test('that is missing is a broken store, not an absent guest', async () => {
    const nowhere = new GuestTable(table('nosuchtable'));
    const guest = newGuest();
    await expect(nowhere.read(guest.guestId)).rejects.toMatchObject({ code: 'storage-unavailable' });
    await expect(nowhere.insert(guest)).rejects.toMatchObject({ code: 'storage-unavailable' });
    await expect(nowhere.delete(guest.guestId, '*')).rejects.toMatchObject({ code: 'storage-unavailable' });
  });

  test('with a row that is none of ours is a broken store, and the row is not taken for a guest', async () => {
    const partitionKey = guestIdOf(randomUUID());
    await cloud.table('guests').createEntity({ partitionKey, rowKey: 'guest', state: 'asleep' });
    await expect(guests.read(partitionKey)).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});

describe('the index of meetings', () => {
  const expiresAt = new Date('2026-01-16T12:00:00.292Z');

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
    const nowhere = new MeetingIndex(table('nosuchtable'));
    await expect(nowhere.put('k1.x', 'guest', expiresAt)).rejects.toMatchObject({ code: 'storage-unavailable' });
    await expect(nowhere.drop('k1.x', 'guest')).rejects.toMatchObject({ code: 'storage-unavailable' });
    await expect(nowhere.list('k1.x', '', 5)).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});
