import { TableServiceClient } from '@azure/data-tables';
import { endpoints, type EndpointDefinition, type EndpointName } from '../../lib/contract/endpoints.ts';
import type { ProblemCode } from '../../lib/problem.ts';
import { createTables } from '../../local/azurite.ts';
import { tableNames } from '../../local/cloud.ts';
import type { Fault } from '../../local/simulator/faults.ts';
import { meetingUrl, otherMeetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import { conformanceWith, listedAnswers, type Conformance, type Definition } from './definition.ts';
import { callbackUrl, goodRequests, nobodysId, type Known } from './goodRequests.ts';
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
  // Where callers are applications: an endpoint that needs one says 403 to a wrong one.
  const entraOnly = Object.values<EndpointDefinition>(endpoints).flatMap(({ auth, operationId }) =>
    auth === 'caller' ? [`${operationId} 403`] : [],
  );
  expect(missing.filter((answer) => !entraOnly.includes(answer)).sort()).toEqual([
    'CreateMeeting 501',
    'GetGuest 500',
    'GetHealth 500',
    'GetHealthStatus 503',
    'IssueAnonymousToken 501',
    'IssueRejoinToken 501',
    'RemoveGuest 500',
    'SearchGuests 500',
    'SubscribeToHealth 500',
    'UnsubscribeFromHealth 500',
  ]);
});
afterEach(() => {
  cloud.simulator.world.faults.clear();
});

/** Calls an endpoint and holds the answer against the definition. */
async function ask(
  endpoint: EndpointName,
  { known, body, headers }: { known?: Known; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const good = goodRequests(known)[endpoint];
  const sent = body ?? good.body;
  const reply = await service.call(good.method, good.path, sent, { ...good.headers, ...headers });
  conformance.answer(endpoint, reply);
  if (reply.status !== 401) expectSafeHeaders(reply);
  if (reply.status < 300 && sent !== undefined) expect(conformance.takes(endpoint, sent)).toBe(true);
  return reply;
}
const issue = (body: unknown) => ask('issueAnonymousToken', { body });
const rejoin = (body: unknown) => ask('issueRejoinToken', { body });
const search = (body: unknown) => ask('searchGuests', { body });
const preflight = (body: unknown) => ask('preflightJoin', { body });
const createMeeting = (key: string, body: unknown = {}) =>
  ask('createMeeting', { body, headers: { 'Idempotency-Key': key } });
const getGuest = (guestId: unknown) => ask('getGuest', { known: { guestId } });
const remove = (guestId: unknown) => ask('removeGuest', { known: { guestId } });
const unsubscribe = (subscriptionId: unknown) => ask('unsubscribeFromHealth', { known: { subscriptionId } });

/** A guest of its own, with the ids that name it. */
async function newGuest(): Promise<{ applicationSessionId: string; guestId: string }> {
  const { json, status } = await issue({ meetingUrl });
  expect(status).toBe(201);
  return { applicationSessionId: String(json['applicationSessionId']), guestId: String(json['guestId']) };
}

describe('every endpoint, when all is well', () => {
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
    expect((await ask('getHealth')).json).toEqual({ status: 'warn', checks: [] });
    expect((await ask('getHealthStatus')).json).toEqual({ status: 'warn' });
    expect((await preflight({ meetingUrl })).json).toMatchObject({ status: 'warn' });
    await cloud.newApp().checkDiscovery(undefined, () => undefined);
    const report = await ask('getHealth');
    expect(report.json).toMatchObject({
      status: 'pass',
      checks: [{ name: 'trusted-application' }, { name: 'secrets' }],
    });
  });

  test('meetings, with every option, and a look at a link', async () => {
    const body = {
      subject: 'Loan',
      description: 'Terms',
      accessLevel: 'Invited',
      automaticLeaderAssignment: 'Disabled',
      entryExitAnnouncement: 'Unsupported',
      lobbyBypassForPhoneUsers: 'Enabled',
      phoneUserAdmission: 'Enabled',
      attendees: ['sip:jane@contoso.example'],
      leaders: [],
      expirationTime: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const created = await createMeeting('k'.repeat(20), body);
    expect(created.status).toBe(201);
    expect((await createMeeting('k'.repeat(20), body)).json).toEqual(created.json);
    const { applicationSessionId } = await newGuest();
    for (const url of [created.json['meetingUrl'], meetingUrl, 'https://meet.lync.example/', 'no link']) {
      const allowedOrigins = ['https://other.example'];
      expect((await preflight({ meetingUrl: url, applicationSessionId, allowedOrigins })).status).toBe(200);
    }
  });

  test('health subscriptions', async () => {
    const subscribed = await ask('subscribeToHealth');
    expect(subscribed.status).toBe(201);
    expect((await unsubscribe(subscribed.json['subscriptionId'])).status).toBe(200);
  });

  test('the definition itself', async () => {
    expect((await ask('getApiDefinition')).status).toBe(200);
  });
});

const having = (part: 'auth' | 'body') =>
  Object.entries<EndpointDefinition>(endpoints).flatMap(([name, endpoint]) =>
    (part === 'auth' ? endpoint.auth === 'caller' : endpoint.body) ? [name as EndpointName] : [],
  );

test.each(having('auth'))('%s without the right key', async (endpoint) => {
  expect((await ask(endpoint, { headers: { 'x-functions-key': 'wrong' } })).status).toBe(401);
});

test.each(having('body'))('%s of a bad body', async (endpoint) => {
  expect(conformance.takes(endpoint, { surprise: true })).toBe(false);
  expectProblem(await ask(endpoint, { body: { surprise: true } }), 'invalid-request');
  const headers = { 'content-type': 'text/plain' };
  expectProblem(await ask(endpoint, { body: '{}', headers }), 'unsupported-media-type');
  expectProblem(await ask(endpoint, { body: '{}'.padEnd(16_385) }), 'payload-too-large');
});

test('a meeting whose request is under way, or was another one', async () => {
  const key = 'l'.repeat(20);
  cloud.simulator.world.faults.set('platform.meetings', { status: 504, times: 1 });
  expectProblem(await createMeeting(key), 'platform-timeout');
  expectProblem(await createMeeting(key), 'request-in-progress');
  expectProblem(await createMeeting(key, { subject: 'Lease' }), 'idempotency-key-reused');
  expectProblem(await createMeeting('short'), 'invalid-request');
});

test('subscriptions that are refused', async () => {
  const to = (url: string) => ask('subscribeToHealth', { body: { callbackUrl: url } });
  expectProblem(await to('https://hooks.contoso.example/a'), 'callback-not-allowed');
  expectProblem(await unsubscribe(nobodysId), 'subscription-not-found');
  expectProblem(await unsubscribe('nobody'), 'invalid-request');
  const others = Array.from({ length: 50 }, (_, name) => ({
    partitionKey: 'health',
    rowKey: String(name).padStart(43, 'x'),
    sealed: 's1.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA',
    createdAt: new Date(),
    notified: 'pass',
  }));
  const table = cloud.table('healthSubscriptions');
  await table.submitTransaction(others.map((row) => ['create', row]));
  expectProblem(await to(callbackUrl), 'too-many-subscriptions');
  await table.submitTransaction(others.map((row) => ['delete', row]));
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
  for (const endpoint of [getGuest, remove]) {
    expectProblem(await endpoint(nobodysId), 'guest-not-found');
    expectProblem(await endpoint('nobody'), 'invalid-request');
  }
});

test.each<[ProblemCode, Fault, string | null]>([
  ['too-many-requests', { status: 429, headers: { 'Retry-After': '30' } }, '30'],
  ['platform-refused', { status: 400 }, null],
  ['platform-unavailable', { status: 503, headers: { 'Retry-After': '7' } }, '7'],
  ['platform-timeout', { status: 504 }, null],
])('%s, as the platform answers', async (code, fault, retryAfter) => {
  const { applicationSessionId } = await newGuest();
  cloud.simulator.world.faults.set('platform.tokens', fault);
  cloud.simulator.world.faults.set('platform.meetings', fault);
  const created = await ask('createMeeting');
  expectProblem(created, code);
  expect(created.headers.get('retry-after')).toBe(retryAfter);
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
  const tables = TableServiceClient.fromConnectionString(cloud.tablesConnectionString, {
    allowInsecureConnection: true,
  });
  await Promise.all(tableNames.map((name) => tables.deleteTable(name)));
  for (const attempt of [
    () => issue({ meetingUrl, applicationSessionId }),
    () => rejoin({ applicationSessionId }),
    () => getGuest(guestId),
    () => remove(guestId),
    () => search({ meetingUrl }),
    () => ask('createMeeting'),
    () => preflight({ meetingUrl }),
    () => ask('subscribeToHealth'),
    () => unsubscribe(nobodysId),
    () => ask('getHealth'),
  ]) {
    const reply = await attempt();
    expectProblem(reply, 'storage-unavailable');
    expect(reply.headers.get('retry-after')).toBe('2');
  }
  await createTables(cloud.tablesConnectionString, tableNames);
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
  expectProblem(await preflight({ meetingUrl, applicationSessionId }), 'internal');

  const key = 'm'.repeat(20);
  await createMeeting(key);
  const requests = cloud.table('meetingRequests');
  for (const { partitionKey, rowKey } of await cloud.rows('meetingRequests')) {
    await requests.updateEntity(
      { partitionKey: String(partitionKey), rowKey: String(rowKey), sealed: row.sealed },
      'Merge',
    );
  }
  expectProblem(await createMeeting(key), 'internal');
});
