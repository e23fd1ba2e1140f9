import { randomUUID } from 'node:crypto';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import * as clients from './sampleService/clients.ts';
import { exchange } from './sampleService/exchange.ts';
import { expectStrings, meetingNames, tokenNames } from './sampleService/expectations.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, { SAMPLE_SERVICE_ENDPOINTS: 'keyed' }, { cors: { origins: [clients.page] } });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

const endpoints = [
  { path: '/api/GetAnonTokenJob', bytes: () => clients.webPage(randomUUID()), names: tokenNames },
  { path: '/api/GetAdhocMeetingJob', bytes: () => clients.webPageAdhoc, names: meetingNames },
];

describe.each(endpoints)('$path', ({ path, bytes, names }) => {
  const send = (change: (request: string) => string) => exchange(service.host.port, change(bytes()));
  const withQuery = (query: string) => (request: string) => request.replace(path, `${path}?${query}`);
  const withHeader = (key: string) => (request: string) =>
    request.replace('\r\nHost:', `\r\nx-functions-key: ${key}\r\nHost:`);

  test.each([
    ['without the key', (request: string) => request],
    ['with another key in the URL', withQuery(`code=${functionKey}x`)],
    ['with another key in the header', withHeader('x')],
  ])('%s is the host’s to refuse, and no function runs', async (_, change) => {
    const before = service.log.length;
    expect(await send(change)).toMatchObject({ status: 401, text: '' });
    expect(service.log).toHaveLength(before);
  });

  test.each([
    ['in the URL, which is all that such a client lets one change', withQuery(`code=${functionKey}`)],
    ['in the header', withHeader(functionKey)],
  ])('opens with the key %s', async (_, change) => {
    expectStrings(await send(change), ...names);
    expect(JSON.stringify(service.log)).not.toContain(functionKey);
  });
});

test('a browser’s question before it sends JSON needs no key', async () => {
  const { status, headers } = await exchange(service.host.port, clients.preflightOf2017('GetAnonTokenJob'));
  expect({ status, allowed: headers['access-control-allow-origin'] }).toEqual({ status: 204, allowed: clients.page });
});

test('health has nothing to say about callers', async () => {
  expect(JSON.stringify((await service.call('GET', '/api/v1/health')).json)).not.toContain('callers');
});
