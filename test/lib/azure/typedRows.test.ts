import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { openTable, type Table } from '../../../lib/azure/tables.ts';
import { column, TypedRows } from '../../../lib/azure/typedRows.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const columns = z.object({
  state: z.enum(['active', 'removed']),
  expiresAt: column.date,
  rejoinCount: column.integer,
  removedAt: column.date.optional(),
});
const row = { state: 'active', expiresAt: new Date('2026-01-16T12:00:00.292Z'), rejoinCount: 0 } as const;

let cloud: TestCloud;
let proxy: TableProxy;
let rows: TypedRows<typeof columns>;
let keys: { partitionKey: string; rowKey: string };

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await startTableProxy(cloud.tablesConnectionString);
  rows = new TypedRows(table('guests'), columns);
});
beforeEach(() => {
  proxy.mend();
  keys = { partitionKey: randomUUID(), rowKey: 'row' };
});
afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

function table(name: string): Table {
  return openTable(readSettings({ ...cloud.environment, TABLES_CONNECTION_STRING: proxy.connectionString }), name);
}

/** The next call is carried out, and its answer lost: the SDK sends it again. */
const loseNextAnswer = (): void => {
  proxy.break({ kind: 'cut', times: 1 });
};
const inserted = async (values: z.input<typeof columns> = row) => {
  const stored = await rows.insert(keys, values);
  if (!stored) throw new Error('there is a row already');
  return stored;
};

test('a row comes back as it was written, with its keys and its ETag', async () => {
  const { etag } = await inserted();
  expect(await rows.read(keys)).toEqual({ ...row, ...keys, etag });
});

test('an absent row is undefined', async () => {
  expect(await rows.read(keys)).toBeUndefined();
});

test('nothing but the columns and the writeId is stored, whatever else the object carries', async () => {
  await inserted({ ...row, token: 'psat=secret', applicationSessionId: 'secret' } as typeof row);
  const stored = await cloud.table('guests').getEntity(keys.partitionKey, keys.rowKey);
  expect(Object.keys(stored)).toEqual(expect.arrayContaining([...Object.keys(row), 'writeId']));
  expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['token']));
  expect(JSON.stringify(stored)).not.toContain('secret');
});

test('dates and integers that came back as texts and Int64 are read', async () => {
  await cloud.table('guests').createEntity({
    ...keys,
    state: 'active',
    expiresAt: '2026-01-16T12:00:00.292Z',
    rejoinCount: { type: 'Int64', value: '3' },
  });
  expect(await rows.read(keys)).toMatchObject({ expiresAt: row.expiresAt, rejoinCount: 3 });
});

test('of two inserts one wins', async () => {
  const both = await Promise.all([rows.insert(keys, row), rows.insert(keys, row)]);
  expect(both.filter((stored) => stored !== undefined)).toHaveLength(1);
});

test('a replacement holds only under the ETag of the row as it stands', async () => {
  const { etag } = await inserted();
  const replaced = await rows.replace(keys, { ...row, rejoinCount: 1 }, etag);
  expect(replaced).toMatchObject({ rejoinCount: 1 });
  expect(await rows.replace(keys, { ...row, rejoinCount: 7 }, etag)).toBeUndefined();
  // Not even the same values: only a write that the SDK has sent again is our own.
  expect(await rows.replace(keys, { ...row, rejoinCount: 1 }, etag)).toBeUndefined();
  expect(await rows.read(keys)).toEqual(replaced);
});

test('a replacement leaves no column of the row before', async () => {
  const { etag } = await inserted({ ...row, state: 'removed', removedAt: new Date() });
  await rows.write(keys, row, etag);
  expect(await rows.read(keys)).not.toHaveProperty('removedAt');
});

describe('a write whose answer was lost', () => {
  test('has succeeded: an insert', async () => {
    loseNextAnswer();
    const stored = await inserted();
    expect(await rows.read(keys)).toEqual(stored);
    expect(proxy.calls.slice(-4).map(({ operation }) => operation)).toEqual(['insert', 'insert', 'read', 'read']);
  });

  test('has succeeded: a replacement', async () => {
    const { etag } = await inserted();
    loseNextAnswer();
    const replaced = await rows.replace(keys, { ...row, rejoinCount: 1 }, etag);
    expect(replaced).toMatchObject({ rejoinCount: 1 });
    expect(await rows.read(keys)).toEqual(replaced);
  });

  test('has succeeded: a deletion', async () => {
    const { etag } = await inserted();
    loseNextAnswer();
    expect(await rows.delete(keys, etag)).toBe(true);
  });
});

test('a deletion holds only under the ETag of the row as it stands; that of an absent row has succeeded', async () => {
  const first = await inserted();
  const second = await rows.replace(keys, row, first.etag);
  expect(await rows.delete(keys, first.etag)).toBe(false);
  expect(await rows.delete(keys, second?.etag ?? '')).toBe(true);
  expect(await rows.delete(keys, second?.etag ?? '')).toBe(true);
  expect(await rows.delete(keys, '*')).toBe(true);
  expect(await rows.replace(keys, row, second?.etag ?? '')).toBeUndefined();
});

test('a list has the rows of a partition in their order, between its ends and as many as were asked for', async () => {
  const { partitionKey } = keys;
  for (const rowKey of ['d', 'b', 'a', 'c', 'e']) await rows.put({ partitionKey, rowKey }, row);
  await rows.put({ partitionKey: `${partitionKey}0`, rowKey: 'a' }, row);
  const listed = async (range: Omit<Parameters<typeof rows.list>[0], 'partitionKey'>) =>
    (await rows.list({ partitionKey, ...range })).map(({ rowKey }) => rowKey).join('');
  expect(await listed({})).toBe('abcde');
  expect(await listed({ from: 'b', below: 'd' })).toBe('bc');
  expect(await listed({ after: 'b', below: 'e' })).toBe('cd');
  expect(await listed({ after: 'b', most: 2 })).toBe('cd');
  expect(await listed({ most: 3 })).toBe('abc');
  expect(await listed({ after: 'e' })).toBe('');
});

test('a missing table is a broken store, not an absent row', async () => {
  const nowhere = new TypedRows(table('nosuchtable'), columns);
  const broken = { code: 'storage-unavailable' };
  await expect(nowhere.read(keys)).rejects.toMatchObject(broken);
  await expect(nowhere.insert(keys, row)).rejects.toMatchObject(broken);
  await expect(nowhere.put(keys, row)).rejects.toMatchObject(broken);
  await expect(nowhere.delete(keys, '*')).rejects.toMatchObject(broken);
  await expect(nowhere.list(keys)).rejects.toMatchObject(broken);
});

test('a row that is none of ours is a broken store, and is not taken for one', async () => {
  await cloud.table('guests').createEntity({ ...keys, state: 'asleep' });
  await expect(rows.read(keys)).rejects.toMatchObject({ code: 'storage-unavailable' });
  await expect(rows.list(keys)).rejects.toMatchObject({ code: 'storage-unavailable' });
});
