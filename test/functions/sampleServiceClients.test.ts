import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import * as clients from './sampleService/clients.ts';
import { exchange, type RawReply } from './sampleService/exchange.ts';
import {
  bareJson,
  claimsOf,
  expectAnswer,
  expectStrings,
  meetingNames,
  tokenNames,
} from './sampleService/expectations.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, { SAMPLE_SERVICE_ENDPOINTS: 'open' }, { cors: { origins: [clients.page] } });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

const send = (bytes: string): Promise<RawReply> => exchange(service.host.port, bytes);

/** The token is for that meeting, and usable in pages of these origins. */
function expectToken(reply: RawReply, origins: string): Record<string, unknown> {
  const json = expectStrings(reply, ...tokenNames);
  const claims = claimsOf(json['Token']);
  expect(json['Token']).toMatch(/^psat=/);
  expect(claims).toMatchObject({ ao: origins, confid: expect.stringContaining('1SD8D0WZ') as string });
  expect(json['DiscoverUri']).toMatch(/^https:\/\/noammeetings\.resources\.lync\.example\/.*=psat%253d/);
  expect(json['TenantEndpointId']).toBe(cloud.simulator.platform.endpointId);
  expect(json['ExpireTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return claims;
}

test.each([
  ['the web page', clients.webPage],
  ['the page of 2016, with a meeting', clients.webPage2016WithMeeting],
  ['the sample of the Web SDK', clients.webSdk],
  ['the page of February 2017', clients.json2017],
  ['Android', clients.android],
])('%s gets a token', async (_, client) => {
  const session = randomUUID();
  const reply = await send(client(session));
  expect(expectToken(reply, clients.page)).toMatchObject({ asi: session });
});

test('the example in the docs is answered as it says', async () => {
  const [, http = '', json = ''] =
    /```http\n(.*?)\n```\s+```json\n(.*?)\n```/s.exec(readFileSync('docs/existing-clients.md', 'utf8')) ?? [];
  const reply = await send(http.replaceAll('\n', '\r\n'));
  expect(expectToken(reply, clients.page)).toMatchObject({ asi: '0f8fad5b-d9cb-469f-a165-70867728950e' });
  expect(Object.keys(JSON.parse(json) as object)).toEqual(tokenNames);
});

test('a page reads the answer, because the host lets its origin', async () => {
  const { headers } = await send(clients.webPage(randomUUID()));
  expect(headers).toMatchObject({ 'access-control-allow-origin': clients.page, vary: 'Origin' });
});

test.each(['GetAnonTokenJob', 'GetAdhocMeetingJob'])('a browser may send JSON to %s', async (path) => {
  const { status, headers, text } = await send(clients.preflightOf2017(path));
  expect({ status, text }).toEqual({ status: 204, text: '' });
  expect(headers).toMatchObject({
    'access-control-allow-origin': clients.page,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type',
  });
});

test.each([
  ['the chat button', clients.webPageChat],
  ['the page of 2016', clients.webPage2016],
])('%s, which names no meeting, gets the error that it got', async (_, client) => {
  const reply = await send(client(randomUUID()));
  expectAnswer(reply, 500, bareJson);
  expect(reply.text).toBe('{"Error":"Get nullable token"}');
});

test.each([
  ['today', clients.webPageAdhoc],
  ['in February 2017', clients.adhocJson2017],
])('the page’s button for an ad-hoc meeting, as %s, makes one that guests can join', async (_, bytes) => {
  const made = expectStrings(await send(bytes), ...meetingNames);
  expect(made['JoinUrl']).toMatch(/^https:\/\/meet\.resources\.lync\.example\//);
  expect(made['OnlineMeetingUri']).toMatch(/^sip:.*conf/);
  expect(made).toMatchObject({ OrganizerUri: expect.stringMatching(/^sip:/) as string, DiscoverUri: '' });
  expect(Date.parse(made['ExpireTime'] ?? '')).toBeGreaterThan(Date.now());
  expect(cloud.simulator.world.platform.meetings.at(-1)).toMatchObject({
    joinUrl: made['JoinUrl'],
    subject: 'adhocMeeting',
    description: 'adhocMeeting',
    accessLevel: 'Everyone',
  });
  expectStrings(await send(clients.webPage(randomUUID(), made['JoinUrl'])), ...tokenNames);
});

test('two customers of the app for iOS are two guests, although it names both alike', async () => {
  const before = await cloud.rows('guests');
  const claims = [
    expectToken(await send(clients.ios), allOrigins()),
    expectToken(await send(clients.ios), allOrigins()),
  ];
  const sessions = claims.map(({ asi }) => asi);
  expect(new Set(sessions).size).toBe(2);
  expect(sessions).not.toContain('AnonMeeting');
  expect(await cloud.rows('guests')).toHaveLength(before.length + 2);
});

/** Its page is on no server, so its tokens are for all that the administrator listed. */
function allOrigins(): string {
  return (cloud.environment['ALLOWED_ORIGINS'] ?? '').replaceAll(',', ';');
}
