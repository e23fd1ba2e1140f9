import { TableServiceClient } from '@azure/data-tables';
import type { DoorName } from '../../lib/http/doors.ts';
import type { ProblemCode } from '../../lib/problem.ts';
import { createTables } from '../../local/azurite.ts';
import type { Fault } from '../../local/simulator/faults.ts';
import { meetingUrl, otherMeetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { startTestHost, type Reply, type TestHost } from '../support/testHost.ts';
import { conformanceWith, listedAnswers, type Conformance, type Definition } from './definition.ts';
import { expectProblem, expectSafeHeaders } from './problemReply.ts';

let cloud: TestCloud;
let service: TestHost;
let definition: Definition;
let conformance: Conformance;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud);
  definition = (await service.call('GET', '/api/openapi.json')).json as unknown as Definition;
  conformance = conformanceWith(definition);
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
  // Nothing that the definition lists was left out, but for what other files show and what has no known cause.
  const missing = listedAnswers(definition).filter((answer) => !conformance.seen.has(answer));
  expect(missing.sort()).toEqual([
    'GetGuest 500',
    'GetHealth 500',
    'GetHealthStatus 503',
    'IssueAnonymousToken 501',
    'IssueRejoinToken 501',
    'RemoveGuest 500',
    'SearchGuests 500',
  ]);
});
afterEach(() => {
  cloud.simulator.world.faults.clear();
});

const doorOf = {
  issue: 'issueAnonymousToken',
  rejoin: 'issueRejoinToken',
  get: 'getGuest',
  remove: 'removeGuest',
  search: 'searchGuests',
} as const satisfies Record<string, DoorName>;

/** Calls a door and holds the answer against the definition. */
async function call(door: DoorName, method: string, path: string, body?: unknown, headers = {}): Promise<Reply> {
  const reply = await service.call(method, path, body, headers);
  conformance.answer(door, reply);
  if (reply.status !== 401) expectSafeHeaders(reply);
  if (reply.status < 300 && body !== undefined) expect(conformance.takes(door, body)).toBe(true);
  return reply;
}
const issue = (body: unknown, headers = {}) => call(doorOf.issue, 'POST', '/api/v1/anonymous-tokens', body, headers);
const rejoin = (body: unknown, headers = {}) => call(doorOf.rejoin, 'POST', '/api/v1/rejoin-tokens', body, headers);
const search = (body: unknown, headers = {}) => call(doorOf.search, 'POST', '/api/v1/guests/search', body, headers);
const getGuest = (id: unknown, headers = {}) =>
  call(doorOf.get, 'GET', `/api/v1/guests/${String(id)}`, undefined, headers);
const remove = (id: unknown, headers = {}) =>
  call(doorOf.remove, 'DELETE', `/api/v1/guests/${String(id)}`, undefined, headers);

const nobodysId = 'A'.repeat(43);
const wrongKey = { 'x-functions-key': 'wrong' };

/** A guest of its own, with the ids that name it. */
async function newGuest(): Promise<{ applicationSessionId: string; guestId: string }> {
  const { json, status } = await issue({ meetingUrl });
  expect(status).toBe(201);
  return { applicationSessionId: String(json['applicationSessionId']), guestId: String(json['guestId']) };
}

describe('every door, when all is well', () => {
  test('tokens, guests and searches', async () => {
    const { applicationSessionId, guestId } = await newGuest();
    const allowedOrigins = ['https://www.contoso.example'];
    expect((await issue({ meetingUrl, applicationSessionId, allowedOrigins })).status).toBe(200);
    expect((await rejoin({ applicationSessionId, allowedOrigins })).status).toBe(200);
    expect((await getGuest(guestId)).status).toBe(200);
    const page = await search({ meetingUrl });
    expect(page.json['guests']).toHaveLength(1);
    expect((await search({ meetingUrl, cursor: `k1.${guestId}` })).json).toEqual({ guests: [] });
    expect((await remove(guestId)).status).toBe(200);
    expect((await getGuest(guestId)).json).toMatchObject({ guestId, state: 'removed' });
  });

  test('health, before and after a check', async () => {
    expect((await call('getHealth', 'GET', '/api/v1/health')).json).toEqual({ status: 'warn', checks: [] });
    expect((await call('getHealthStatus', 'GET', '/api/health')).json).toEqual({ status: 'warn' });
    await cloud.newApp().checkDiscovery(undefined, () => undefined);
    const report = await call('getHealth', 'GET', '/api/v1/health');
    expect(report.json).toMatchObject({
      status: 'pass',
      checks: [{ name: 'trusted-application' }, { name: 'secrets' }],
    });
  });

  test('the definition itself', async () => {
    expect((await call('getApiDefinition', 'GET', '/api/openapi.json')).status).toBe(200);
  });
});

test.each([
  ['issue', () => issue({ meetingUrl }, wrongKey)],
  ['rejoin', () => rejoin({ applicationSessionId: nobodysId }, wrongKey)],
  ['get', () => getGuest(nobodysId, wrongKey)],
  ['remove', () => remove(nobodysId, wrongKey)],
  ['search', () => search({ meetingUrl }, wrongKey)],
  ['health', () => call('getHealth', 'GET', '/api/v1/health', undefined, wrongKey)],
])('%s without the right key', async (_, attempt) => {
  expect((await attempt()).status).toBe(401);
});

test.each([
  ['issue', issue],
  ['rejoin', rejoin],
  ['search', search],
] as const)('%s of a bad body', async (name, send) => {
  expect(conformance.takes(doorOf[name], { surprise: true })).toBe(false);
  expectProblem(await send({ surprise: true }), 'invalid-request');
  expectProblem(await send('{}', { 'content-type': 'text/plain' }), 'unsupported-media-type');
  expectProblem(await send('{}'.padEnd(16_385)), 'payload-too-large');
});

test('a guest in every state that is refused', async () => {
  const { applicationSessionId, guestId } = await newGuest();
  expectProblem(await issue({ meetingUrl: otherMeetingUrl, applicationSessionId }), 'session-bound-to-another-meeting');
  expectProblem(
    await rejoin({ applicationSessionId, allowedOrigins: ['https://other.example'] }),
    'origin-not-allowed',
  );
  await remove(guestId);
  expectProblem(await issue({ meetingUrl, applicationSessionId }), 'guest-removed');
  expectProblem(await rejoin({ applicationSessionId }), 'guest-removed');
  expectProblem(await rejoin({ applicationSessionId: nobodysId }), 'guest-not-found');
  for (const door of [getGuest, remove]) {
    expectProblem(await door(nobodysId), 'guest-not-found');
    expectProblem(await door('nobody'), 'invalid-request');
  }
});

test.each<[ProblemCode, Fault, string | null]>([
  ['too-many-requests', { status: 429, headers: { 'Retry-After': '30' } }, '30'],
  ['platform-refused', { status: 404 }, null],
  ['platform-unavailable', { status: 503, headers: { 'Retry-After': '7' } }, '7'],
  ['platform-timeout', { status: 504 }, null],
])('%s, as the platform answers', async (code, fault, retryAfter) => {
  const { applicationSessionId } = await newGuest();
  cloud.simulator.world.faults.set('platform.tokens', fault);
  for (const reply of [await issue({ meetingUrl, applicationSessionId }), await rejoin({ applicationSessionId })]) {
    expectProblem(reply, code);
    expect(reply.headers.get('retry-after')).toBe(retryAfter);
    // Only problems that lie with neither side are worth another attempt as the same guest.
    expect(reply.json['applicationSessionId']).toBe(code === 'too-many-requests' ? undefined : applicationSessionId);
  }
  cloud.simulator.world.faults.clear();
  expect((await rejoin({ applicationSessionId })).status).toBe(200);
});

test('a store that lost its tables', async () => {
  const { applicationSessionId, guestId } = await newGuest();
  const names = ['guests', 'meetingGuests', 'discoveryHealth'];
  const tables = TableServiceClient.fromConnectionString(cloud.tablesConnectionString, {
    allowInsecureConnection: true,
  });
  await Promise.all(names.map((name) => tables.deleteTable(name)));
  for (const attempt of [
    () => issue({ meetingUrl, applicationSessionId }),
    () => rejoin({ applicationSessionId }),
    () => getGuest(guestId),
    () => remove(guestId),
    () => search({ meetingUrl }),
    () => call('getHealth', 'GET', '/api/v1/health'),
  ]) {
    const reply = await attempt();
    expectProblem(reply, 'storage-unavailable');
    expect(reply.headers.get('retry-after')).toBe('2');
  }
  await createTables(cloud.tablesConnectionString, names);
  expect((await issue({ meetingUrl, applicationSessionId })).status).toBe(201);
});

test('a row that was tampered with', async () => {
  const { applicationSessionId, guestId } = await newGuest();
  const row = {
    partitionKey: guestId,
    rowKey: 'guest',
    sealed: 's1.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  };
  await cloud.table('guests').updateEntity(row, 'Merge');
  expectProblem(await rejoin({ applicationSessionId }), 'internal');
  expectProblem(await issue({ meetingUrl, applicationSessionId }), 'internal');
});
