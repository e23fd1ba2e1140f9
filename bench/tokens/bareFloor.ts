/** Below the floor: the same requests by node:http, signed by hand (Shared Key Lite, as the Table service documents it). */
import { createHmac } from 'node:crypto';
import { Agent, request as send } from 'node:http';
import { request as sendSecurely } from 'node:https';
import { serve, setting } from './contender.ts';
import { findPlatform } from './platformCall.ts';
import { columns, makeRows } from './row.ts';

const connection = new Map(
  setting('TABLES_CONNECTION_STRING')
    .split(';')
    .map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
);
const account = connection.get('AccountName') ?? '';
const key = Buffer.from(connection.get('AccountKey') ?? '', 'base64');
const endpoint = new URL(connection.get('TableEndpoint') ?? '');
const agent = new Agent({ keepAlive: true, timeout: 3_000 });

interface TableAnswer {
  etag: string;
  body: string;
}

function callTable(method: string, resource: string, entity?: object, ifMatch?: string): Promise<TableAnswer> {
  const path = `${endpoint.pathname}/${resource}`;
  const date = new Date().toUTCString();
  const signature = createHmac('sha256', key).update(`${date}\n/${account}${path}`).digest('base64');
  const body = entity && JSON.stringify(entity);
  return new Promise((resolve, reject) => {
    const request = send({
      host: endpoint.hostname,
      port: endpoint.port,
      agent,
      method,
      path,
      headers: {
        accept: 'application/json;odata=minimalmetadata',
        authorization: `SharedKeyLite ${account}:${signature}`,
        dataserviceversion: '3.0',
        prefer: 'return-no-content',
        'x-ms-date': date,
        'x-ms-version': '2019-02-02',
        ...(ifMatch && { 'if-match': ifMatch }),
        ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if ((response.statusCode ?? 500) < 300) resolve({ etag: response.headers.etag ?? '', body: text });
        else reject(new Error(`the tables answered ${response.statusCode ?? 0}: ${text}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** As the Table service wants it: keys in capitals, and dates with their type. */
function entityOf({ partitionKey, rowKey, ...rest }: { partitionKey: string; rowKey: string }): object {
  const entity: Record<string, unknown> = { PartitionKey: partitionKey, RowKey: rowKey };
  for (const [name, value] of Object.entries<unknown>(rest)) {
    entity[name] = value;
    if (value instanceof Date) entity[`${name}@odata.type`] = 'Edm.DateTime';
  }
  return entity;
}

const keys = (partitionKey: string, rowKey: string): string => `(PartitionKey='${partitionKey}',RowKey='${rowKey}')`;
const platform = await findPlatform(await accessToken());

serve({
  async issue() {
    const { applicationSessionId, guest, entry } = makeRows();
    await Promise.all([
      callTable('POST', 'guests', entityOf(guest)),
      callTable('PUT', `meetingGuests${keys(entry.partitionKey, entry.rowKey)}`, entityOf(entry)),
      platform.token(applicationSessionId),
    ]);
    return `${guest.partitionKey} ${applicationSessionId}`;
  },
  async rejoin(known) {
    const [guestId = '', applicationSessionId = ''] = known.split(' ');
    const resource = `guests${keys(guestId, 'guest')}`;
    const { etag, body } = await callTable('GET', resource);
    const { rejoinCount } = JSON.parse(body) as { rejoinCount: number };
    const now = new Date();
    const row = { partitionKey: guestId, rowKey: 'guest', ...columns(now, now), rejoinCount: rejoinCount + 1 };
    await Promise.all([callTable('PUT', resource, entityOf(row), etag), platform.token(applicationSessionId)]);
  },
});

/** Of the platform's Entra application, with the secret that the vault gives to the managed identity. */
async function accessToken(): Promise<string> {
  const identity = new URL(setting('IDENTITY_ENDPOINT'));
  identity.search = 'api-version=2019-08-01&resource=https://vault.azure.net';
  const response = await fetch(identity, { headers: { 'x-identity-header': setting('IDENTITY_HEADER') } });
  const { access_token: vaultToken } = (await response.json()) as { access_token: string };
  const secretUrl = `${setting('KEY_VAULT_URL')}/secrets/${setting('ENTRA_CLIENT_SECRET_NAME')}?api-version=7.4`;
  const { value } = (await securely('GET', secretUrl, { authorization: `Bearer ${vaultToken}` })) as { value: string };
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: setting('ENTRA_CLIENT_ID'),
    client_secret: value,
    scope: `${setting('TRUSTED_APPLICATION_AUDIENCE')}/.default`,
  });
  const tokenUrl = `${setting('ENTRA_AUTHORITY_HOST')}/${setting('ENTRA_TENANT_ID')}/oauth2/v2.0/token`;
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const token = (await securely('POST', tokenUrl, type, form.toString())) as { access_token: string };
  return token.access_token;
}

function securely(method: string, url: string, headers: Record<string, string>, body?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    sendSecurely(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve(JSON.parse(text));
      });
    })
      .on('error', reject)
      .end(body);
  });
}
