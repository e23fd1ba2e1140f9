import { TableClient } from '@azure/data-tables';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTables, startAzurite, type Azurite } from '../../local/azurite.ts';
import { becomesUnreachable, firstLineThenKill } from './processes.ts';

const accounts = {
  one: Buffer.from('the key of the first account').toString('base64'),
  two: Buffer.from('the key of the second account').toString('base64'),
};
let first: Azurite;
let second: Azurite;
beforeAll(async () => {
  [first, second] = await Promise.all([startAzurite({ accounts }), startAzurite()]);
});
afterAll(() => Promise.all([first.stop(), second.stop()]));

function table(connectionString: string): TableClient {
  return TableClient.fromConnectionString(connectionString, 'guests', { allowInsecureConnection: true });
}

it('runs twice side by side, and keeps accounts apart', async () => {
  const connections = [first.connectionString('one'), first.connectionString('two'), second.connectionString()];
  await Promise.all(connections.map((connection) => createTables(connection, ['guests', 'meetingGuests'])));
  await createTables(first.connectionString(), ['guests']);

  await table(first.connectionString('one')).createEntity({ partitionKey: 'p', rowKey: 'r' });
  for (const connection of connections.slice(1)) {
    await expect(table(connection).getEntity('p', 'r')).rejects.toMatchObject({ statusCode: 404 });
  }
  const wrongKey = first.connectionString('one').replace(accounts.one, accounts.two);
  await expect(table(wrongKey).getEntity('p', 'r')).rejects.toMatchObject({ statusCode: 403 });
});

it('names the endpoints that run, and no account that it does not have', () => {
  expect(first.tableEndpoint('two')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/two$/);
  expect(first.blobEndpoint()).toBeUndefined();
  expect(first.connectionString('two')).toBe(
    `DefaultEndpointsProtocol=http;AccountName=two;AccountKey=${accounts.two};TableEndpoint=${first.tableEndpoint('two')};`,
  );
  expect(() => first.connectionString('three')).toThrow('without an account "three"');
});

it('starts blobs and queues too, for Core Tools', async () => {
  const azurite = await startAzurite({ tablesOnly: false });
  const endpoints = [azurite.blobEndpoint(), azurite.queueEndpoint(), azurite.tableEndpoint()];
  const answers = await Promise.all(endpoints.map((endpoint) => fetch(`${endpoint ?? ''}?comp=list`)));
  expect(answers.map(({ headers }) => headers.get('server')?.split('/')[0])).toEqual([
    'Azurite-Blob',
    'Azurite-Queue',
    'Azurite-Table',
  ]);
  expect(azurite.connectionString()).toMatch(/BlobEndpoint=.*;QueueEndpoint=.*;TableEndpoint=.*;/);
  await azurite.stop();
});

it('says so when the port is taken', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const { port } = other.address() as { port: number };
  await expect(startAzurite({ port })).rejects.toThrow('EADDRINUSE');
  other.close();
});

it('is gone when the process that started it is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'azurite-parent-'));
  const parent = join(folder, 'parent.mts');
  writeFileSync(
    parent,
    `import { startAzurite } from ${JSON.stringify(resolve('local/azurite.ts'))};
     console.log((await startAzurite()).tableEndpoint());`,
  );
  const endpoint = await firstLineThenKill(parent);
  expect(endpoint).toMatch(/devstoreaccount1$/);
  expect(await becomesUnreachable(endpoint)).toBe(true);
  rmSync(folder, { recursive: true });
});
