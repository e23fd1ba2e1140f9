import { randomUUID } from 'node:crypto';
import { createTables } from '../../local/azurite.ts';
import { meetingUrl, otherMeetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestService, startTestService } from '../support/testService.ts';

let cloud: TestCloud;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud);
});
afterAll(async () => {
  await cloud.stop();
});
afterEach(() => cloud.simulator.world.faults.clearAll());

const fields = [
  'endpoint',
  'status',
  'code',
  'reason',
  'platform',
  'guestId',
  'caller',
  'correlationId',
  'elapsedMs',
  'steps',
  'causes',
];
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };

/** Calls an endpoint; the line that it logged, which is one, on one line, made of the fixed fields. */
async function logged(
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<{ reply: Reply; line: Record<string, unknown>; level: string }> {
  const before = service.log.length;
  const reply = await service.call(method, `/api/v1/${path}`, body, { ...headers, ...more });
  const lines = service.log.slice(before);
  expect(lines).toHaveLength(1);
  const { message = '', level = '' } = lines[0] ?? {};
  expect(message).not.toContain('\n');
  const line = JSON.parse(message) as Record<string, unknown>;
  expect(fields).toEqual(expect.arrayContaining(Object.keys(line)));
  expect(line).toMatchObject({ status: reply.status, correlationId: traceId, elapsedMs: expect.any(Number) as number });
  for (const [name, elapsedMs] of Object.entries(line['steps'] as object)) {
    expect(['storage', 'vault', 'entra', 'discovery', 'platform']).toContain(name);
    expect(elapsedMs).toEqual(expect.any(Number));
  }
  // Of causes only the three words.
  for (const cause of (line['causes'] ?? []) as object[]) {
    expect(['name', 'code', 'status']).toEqual(expect.arrayContaining(Object.keys(cause)));
    expect(JSON.stringify(Object.values(cause))).not.toMatch(/[ :/]/);
  }
  return { reply, line, level };
}

test('every request writes one line, which names the guest by the digest only', async () => {
  const { reply, line } = await logged('POST', 'anonymous-tokens', { meetingUrl });
  const { applicationSessionId, guestId } = reply.json;
  expect(line).toMatchObject({
    endpoint: 'IssueAnonymousToken',
    status: 201,
    platform: 'trusted-application',
    guestId,
  });
  expect(Object.keys(line['steps'] as object)).toEqual(expect.arrayContaining(['storage', 'platform']));

  const others = [
    await logged('POST', 'rejoin-tokens', { applicationSessionId }),
    await logged('POST', 'anonymous-tokens', { meetingUrl, applicationSessionId }),
    await logged('POST', 'anonymous-tokens', { meetingUrl: otherMeetingUrl, applicationSessionId }),
    await logged('POST', 'anonymous-tokens', { meetingUrl, surprise: 1 }),
    await logged('GET', `guests/${String(guestId)}`),
    await logged('POST', 'guests/search', { meetingUrl }),
    await logged('GET', 'health'),
    await logged('DELETE', `guests/${String(guestId)}`),
    await logged('POST', 'rejoin-tokens', { applicationSessionId }),
  ];
  expect(others.map(({ line: { endpoint, code } }) => [endpoint, code])).toEqual([
    ['IssueRejoinToken', undefined],
    ['IssueAnonymousToken', undefined],
    ['IssueAnonymousToken', 'session-bound-to-another-meeting'],
    ['IssueAnonymousToken', 'invalid-request'],
    ['GetGuest', undefined],
    ['SearchGuests', undefined],
    ['GetHealth', undefined],
    ['RemoveGuest', undefined],
    ['IssueRejoinToken', 'guest-removed'],
  ]);
  expect(others.map(({ level }) => level)).toEqual(Array(9).fill('information'));
  const everything = JSON.stringify(service.log);
  expect(everything).toContain(String(guestId));
  for (const secret of [applicationSessionId, meetingUrl, reply.json['token'], reply.json['discoverUrl']]) {
    expect(everything).not.toContain(String(secret));
  }
});

test('the endpoints for meetings, links and subscriptions write one line each, without what was asked or answered', async () => {
  const key = `key-of-the-request-${randomUUID()}`;
  const subject = 'A subject that nobody else needs to know';
  const callbackUrl = 'https://hooks.example/workflows/1?sig=signature-of-the-flow';
  const create = (body: unknown) => logged('POST', 'meetings', body, { 'Idempotency-Key': key });
  const created = await create({ subject });
  const subscribed = await logged('POST', 'health-subscriptions', { callbackUrl });
  const id = String(subscribed.reply.json['subscriptionId']);
  const lines = [
    created,
    await create({ subject }),
    await create({ subject: `${subject}.` }),
    await logged('POST', 'meetings', { subject }, { 'Idempotency-Key': `${key} ` + key }),
    await logged('POST', 'preflight', { meetingUrl: created.reply.json['meetingUrl'] }),
    await logged('POST', 'preflight', { meetingUrl: callbackUrl }),
    subscribed,
    await logged('POST', 'health-subscriptions', { callbackUrl: callbackUrl.replace('hooks', 'evil') }),
    await logged('DELETE', `health-subscriptions/${id}`),
    await logged('DELETE', `health-subscriptions/${id}`),
  ].map(({ line }) => line);
  expect(lines.map(({ endpoint, code, platform }) => [endpoint, code, platform])).toEqual([
    ['CreateMeeting', undefined, 'trusted-application'],
    ['CreateMeeting', undefined, undefined],
    ['CreateMeeting', 'idempotency-key-reused', undefined],
    ['CreateMeeting', 'invalid-request', undefined],
    ['PreflightJoin', undefined, undefined],
    ['PreflightJoin', undefined, undefined],
    ['SubscribeToHealth', undefined, undefined],
    ['SubscribeToHealth', 'callback-not-allowed', undefined],
    ['UnsubscribeFromHealth', undefined, undefined],
    ['UnsubscribeFromHealth', 'subscription-not-found', undefined],
  ]);
  const everything = JSON.stringify(service.log);
  const { platform, expiryTime, ...meeting } = created.reply.json;
  for (const secret of [key, subject, 'signature-of-the-flow', 'example/workflows', ...Object.values(meeting)]) {
    expect(everything).not.toContain(String(secret));
  }
});

test('a platform that is gone is an error with its causes in three words each', async () => {
  await logged('POST', 'anonymous-tokens', { meetingUrl });
  await cloud.simulator.world.faults.down('platform', true);
  const { line, level } = await logged('POST', 'anonymous-tokens', { meetingUrl });
  expect(level).toBe('error');
  expect(line).toMatchObject({
    code: 'platform-unavailable',
    // The socket's own error below it is of another realm under Jest, so it ends the chain here.
    causes: [{ name: 'UpstreamFailure', code: 'connection' }],
  });
});

test('a table that is gone is an error with its cause in three words', async () => {
  await cloud.table('guests').deleteTable();
  const { line, level } = await logged('GET', `guests/${'A'.repeat(43)}`);
  await createTables(cloud.tablesConnectionString, ['guests']);
  expect(level).toBe('error');
  expect(line).toMatchObject({ code: 'storage-unavailable', causes: [{ name: 'RestError', status: 404 }] });
});
