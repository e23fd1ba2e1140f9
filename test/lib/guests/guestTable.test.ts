import { randomUUID } from 'node:crypto';
import { openTable, type Table } from '../../../lib/azure/tables.ts';
import { createGuestTable, type GuestRow, type GuestTable } from '../../../lib/guests/guestTable.ts';
import { guestIdOf } from '../../../lib/guests/identity.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
let guests: GuestTable;

beforeAll(async () => {
  cloud = await startTestCloud();
  guests = createGuestTable(table('guests'));
});

afterAll(() => cloud.stop());

function table(name: string): Table {
  return openTable(readSettings(cloud.environment), name);
}

function newGuest(): GuestRow {
  return {
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
  };
}

test('a row comes back as it was written', async () => {
  const guest = newGuest();
  const { etag } = { ...(await guests.insert(guest)) };
  expect(await guests.read(guest.guestId)).toEqual({ ...guest, etag });
});

test('an absent row is undefined', async () => {
  expect(await guests.read(guestIdOf(randomUUID()))).toBeUndefined();
});

test('nothing but the columns is stored, whatever else the object carries', async () => {
  const guest = newGuest();
  const careless = { ...guest, token: 'psat=secret', applicationSessionId: 'secret' };
  await guests.insert(careless);
  const stored = await cloud.table('guests').getEntity(guest.guestId, 'guest');
  expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['token']));
  expect(JSON.stringify(stored)).not.toContain('secret');
});

test('of two inserts one wins', async () => {
  const guest = newGuest();
  const inserts = await Promise.all([guests.insert(guest), guests.insert({ ...guest, sealed: 's1.k1.another' })]);
  expect(inserts.filter((stored) => stored !== undefined)).toHaveLength(1);
});

test('an insert that comes round again, because its answer was lost, has succeeded', async () => {
  const guest = newGuest();
  const first = await guests.insert(guest);
  expect(await guests.insert(guest)).toEqual(first);
});

test('a replacement holds only under the tag of the row as it stands', async () => {
  const guest = newGuest();
  const inserted = await guests.insert(guest);
  const replaced = await guests.replace({ ...guest, sealed: 's1.k1.second', rejoinCount: 1 }, inserted?.etag ?? '');
  expect(replaced).toMatchObject({ rejoinCount: 1 });
  const late = await guests.replace({ ...guest, sealed: 's1.k1.third', rejoinCount: 7 }, inserted?.etag ?? '');
  expect(late).toBeUndefined();
  expect(await guests.read(guest.guestId)).toEqual(replaced);
});

test('a replacement that comes round again has succeeded', async () => {
  const guest = newGuest();
  const inserted = await guests.insert(guest);
  const next = { ...guest, sealed: 's1.k1.second', rejoinCount: 1 };
  const first = await guests.replace(next, inserted?.etag ?? '');
  expect(await guests.replace(next, inserted?.etag ?? '')).toEqual(first);
});

test('tombstones have no seal to be told by: of two burials one wins', async () => {
  const guest = newGuest();
  const inserted = await guests.insert(guest);
  const tombstone = { ...guest, state: 'removed', sealed: '', removedAt: new Date() } as const;
  expect(await guests.replace(tombstone, inserted?.etag ?? '')).toMatchObject({ state: 'removed' });
  expect(await guests.replace(tombstone, inserted?.etag ?? '')).toBeUndefined();
});

test('a replacement leaves no column of the row before', async () => {
  const guest = newGuest();
  const removed = { ...guest, removedAt: new Date() };
  const inserted = await guests.insert(removed);
  await guests.replace({ ...guest, sealed: 's1.k1.anew' }, inserted?.etag ?? '');
  expect(await guests.read(guest.guestId)).not.toHaveProperty('removedAt');
});

test('a deletion holds only under the tag of the row as it stands', async () => {
  const guest = newGuest();
  const inserted = await guests.insert(guest);
  const replaced = await guests.replace({ ...guest, sealed: 's1.k1.second' }, inserted?.etag ?? '');
  expect(await guests.delete(guest.guestId, inserted?.etag ?? '')).toBe(false);
  expect(await guests.delete(guest.guestId, replaced?.etag ?? '')).toBe(true);
  expect(await guests.delete(guest.guestId, replaced?.etag ?? '')).toBe(false);
  expect(await guests.replace(guest, replaced?.etag ?? '')).toBeUndefined();
});

test('a missing table is a broken store, not an absent guest', async () => {
  const nowhere = createGuestTable(table('nosuchtable'));
  const guest = newGuest();
  await expect(nowhere.read(guest.guestId)).rejects.toMatchObject({ code: 'storage-unavailable' });
  await expect(nowhere.insert(guest)).rejects.toMatchObject({ code: 'storage-unavailable' });
  await expect(nowhere.delete(guest.guestId, '*')).rejects.toMatchObject({ code: 'storage-unavailable' });
});

test('a row that is none of ours is a broken store, and is not taken for a guest', async () => {
  const partitionKey = guestIdOf(randomUUID());
  await cloud.table('guests').createEntity({ partitionKey, rowKey: 'guest', state: 'asleep' });
  await expect(guests.read(partitionKey)).rejects.toMatchObject({ code: 'storage-unavailable' });
});
