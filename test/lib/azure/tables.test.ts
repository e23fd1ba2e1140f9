import { managedIdentity } from '../../../lib/azure/managedIdentity.ts';
import { openTable, rowCondition, type Table } from '../../../lib/azure/tables.ts';
import { Problem } from '../../../lib/problem.ts';
import { readSettings } from '../../../lib/settings.ts';
import { createTables, startAzurite, type Azurite } from '../../../local/azurite.ts';
import { tableNames } from '../../../local/cloud.ts';
import { meetingUrl, pemFile, startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;
/** A table server as in Azure: https, and no account key for the service. */
let azurite: Azurite;

beforeAll(async () => {
  cloud = await startTestCloud();
  azurite = await startAzurite({ tls: { certFile: pemFile('cert'), keyFile: pemFile('key') } });
  await createTables(azurite.connectionString(), tableNames);
});

afterAll(async () => {
  await azurite.stop();
  await cloud.stop();
});

const byConnectionString = (name: string): Table => openTable(readSettings(cloud.environment), name);

/** Settings as in Azure: the tables' endpoint, which the managed identity opens. */
const identitySettings = (changes: Record<string, string> = {}) => ({
  TABLES_CONNECTION_STRING: '',
  TABLES_ENDPOINT: azurite.tableEndpoint(),
  ...changes,
});
const byIdentity = (name: string, changes?: Record<string, string>): Table =>
  openTable(readSettings({ ...cloud.environment, ...identitySettings(changes) }), name);

const row = { partitionKey: 'p', rowKey: 'r', rejoinCount: 1 };
const insert = (table: Table) => table.call((client, abortSignal) => client.createEntity(row, { abortSignal }));
const read = (table: Table) =>
  table.call((client, abortSignal) => client.getEntity<typeof row>('p', 'r', { abortSignal }));
const replace = (table: Table, etag: string) =>
  table.call((client, abortSignal) => client.updateEntity(row, 'Replace', { etag, abortSignal }));
const remove = (table: Table, etag: string) =>
  table.call((client, abortSignal) => client.deleteEntity('p', 'r', { etag, abortSignal }));

const conditionOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => rowCondition(error),
  );

describe.each([
  ['a connection string', byConnectionString],
  ['the managed identity', byIdentity],
])('a table opened with %s', (_, open: (name: string) => Table) => {
  test('keeps rows, and tells a row that is absent, there already or changed from a failure', async () => {
    const table = open('guests');
    expect(await conditionOf(read(table))).toBe('absent');
    const { etag = '' } = await insert(table);
    expect(await read(table)).toMatchObject({ rejoinCount: 1, etag });
    expect(await conditionOf(insert(table))).toBe('exists');
    await replace(table, etag);
    expect(await conditionOf(replace(table, etag))).toBe('changed');
    expect(await conditionOf(remove(table, etag))).toBe('changed');
    await remove(table, '*');
    expect(await conditionOf(remove(table, '*'))).toBe('absent');
  });

  test('that does not exist is a broken deployment, not an absent row', async () => {
    const nowhere = open('nowhere');
    const operations = [insert, read, (table: Table) => replace(table, '*'), (table: Table) => remove(table, '*')];
    for (const operation of operations) {
      const failure = { code: 'storage-unavailable', retryAfterSeconds: 2 };
      await expect(operation(nowhere)).rejects.toMatchObject(failure);
    }
  });
});

test('an account key that the server refuses is a storage failure', async () => {
  const key = Buffer.alloc(64).toString('base64');
  const connectionString = cloud.tablesConnectionString.replace(/AccountKey=[^;]+/, `AccountKey=${key}`);
  const settings = readSettings({ ...cloud.environment, TABLES_CONNECTION_STRING: connectionString });
  await expect(read(openTable(settings, 'guests'))).rejects.toMatchObject({ code: 'storage-unavailable' });
});

test('the whole service works without an account key', async () => {
  const app = cloud.newApp(identitySettings());
  const signal = AbortSignal.timeout(15_000);
  const { guest, row } = await app.issue({ meetingUrl }, signal);
  expect((await app.rejoin(guest, signal)).row).toMatchObject({ guestId: row.guestId, rejoinCount: 1 });
  expect(await cloud.rows('guests')).toEqual([]);
});

test('an identity endpoint that fails is a storage failure, and mended it works', async () => {
  // Of its own, because the SDK keeps the tokens of an identity for the whole process.
  const table = byIdentity('guests', { AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555555' });
  cloud.simulator.world.faults.set('identity.token', { status: 500 });
  await expect(read(table)).rejects.toMatchObject({ code: 'storage-unavailable' });
  cloud.simulator.world.faults.clear();
  expect(await conditionOf(read(table))).toBe('absent');
});

test('opening a table calls nobody before its first use', async () => {
  const identityCalls = () => cloud.simulator.world.counts()['identity.token'];
  const before = identityCalls();
  const table = byIdentity('guests', { AZURE_CLIENT_ID: '11111111-2222-4333-8444-666666666666' });
  expect(identityCalls()).toBe(before);
  await conditionOf(read(table));
  expect(identityCalls()).toBe(before + 1);
});

test('what an operation throws by itself is a storage failure too, with its cause kept', async () => {
  const cause = new Error('a mistake of ours');
  const failing = byConnectionString('guests').call(() => Promise.reject(cause));
  const problem: unknown = await failing.catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ code: 'storage-unavailable', cause });
  expect(rowCondition(problem)).toBeUndefined();
});

test('a call that takes longer than its limit is a storage failure', async () => {
  const table = openTable(readSettings(cloud.environment), 'guests', { callTimeoutMs: 20 });
  const endless = table.call(
    (_, abortSignal) =>
      new Promise((_resolve, reject) => {
        abortSignal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
  );
  await expect(endless).rejects.toMatchObject({ code: 'storage-unavailable', retryAfterSeconds: 2 });
});

test('an opening that failed is not remembered', async () => {
  const settings = readSettings({ ...cloud.environment, ...identitySettings() });
  let tries = 0;
  const identity: typeof managedIdentity = (...which) =>
    ++tries === 1 ? Promise.reject(new Error('not yet')) : managedIdentity(...which);
  const table = openTable(settings, 'guests', { identity });
  await expect(read(table)).rejects.toMatchObject({ code: 'storage-unavailable' });
  expect(await conditionOf(read(table))).toBe('absent');
  expect(await conditionOf(read(table))).toBe('absent');
  expect(tries).toBe(2);
});
