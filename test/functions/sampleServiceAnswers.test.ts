import { randomUUID } from 'node:crypto';
import { meetingUrl, otherMeetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import { until } from '../support/until.ts';
import type { RawReply } from './sampleService/exchange.ts';
import {
  bareJson,
  claimsOf,
  expectAnswer,
  expectStrings,
  meetingNames,
  tokenNames,
} from './sampleService/expectations.ts';
import { form, page, post, type Sent } from './sampleService/plainRequest.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, {
    SAMPLE_SERVICE_ENDPOINTS: 'open',
    MEETING_PLATFORMS: 'trusted-application,ucwa',
  });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});
afterEach(() => cloud.simulator.world.reset());

const send = (body: string, sent?: Sent): Promise<RawReply> => post(service.host.port, body, sent);
const adhoc = { path: 'GetAdhocMeetingJob' };
const sessionsOf = (replies: readonly RawReply[]): unknown[] =>
  replies.map((reply) => claimsOf(expectStrings(reply, ...tokenNames)['Token'])['asi']);
const guestRows = async (): Promise<number> => (await cloud.rows('guests')).length;

describe('a session', () => {
  test('that is a UUID is one guest in one meeting', async () => {
    const session = randomUUID().toUpperCase();
    const before = await guestRows();
    expect(sessionsOf([await send(form(session)), await send(form(session))])).toEqual([session, session]);
    expect(await guestRows()).toBe(before + 1);

    const elsewhere = await send(form(session, otherMeetingUrl));
    expectAnswer(elsewhere, 409, bareJson);
    expect(elsewhere.text).toBe('{"Error":"The ApplicationSessionId belongs to another meeting"}');
    expect(cloud.simulator.world.platform.issued).toHaveLength(2);
  });

  test('that was removed is refused', async () => {
    const applicationSessionId = randomUUID();
    const issued = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl, applicationSessionId });
    sessionsOf([await send(form(applicationSessionId))]);
    await service.call('DELETE', `/api/v1/guests/${String(issued.json['guestId'])}`);
    const reply = await send(form(applicationSessionId));
    expectAnswer(reply, 410, bareJson);
    expect(reply.text).toBe('{"Error":"The guest of this ApplicationSessionId was removed"}');
  });

  test.each(['AnonMeeting', 'a-name-of-22-characters', '00000000-0000-0000-0000-000000000000', `{${randomUUID()}}`])(
    'called %s is another guest each time',
    async (session) => {
      const before = await guestRows();
      const sessions = sessionsOf([await send(form(session)), await send(form(session))]);
      expect(new Set(sessions).size).toBe(2);
      expect(sessions).not.toContain(session);
      expect(await guestRows()).toBe(before + 2);
    },
  );
});

test('a meeting on premises has no endpoint of the platform, which is an empty string', async () => {
  const [onPremises] = cloud.simulator.world.onPremises.meetings;
  const reply = await send(form(randomUUID(), onPremises?.url));
  expect(expectStrings(reply, ...tokenNames)).toMatchObject({
    TenantEndpointId: '',
    Token: expect.any(String) as string,
  });
});

test('paths match in any letter case and with one segment more', async () => {
  for (const path of ['getanontokenjob', 'GETANONTOKENJOB', 'GetAnonTokenJob/', 'getAnonTokenJob/7?x=1']) {
    expectStrings(await send(form('AnonMeeting'), { path }), ...tokenNames);
  }
  expectStrings(await send('Subject=', { path: 'getadhocmeetingjob/7' }), ...meetingNames);
  expect(await send(form('AnonMeeting'), { path: 'GetAnonTokenJob/7/8' })).toMatchObject({ status: 404, text: '' });
});

test('the log has a line for each, and no word of the client’s', async () => {
  const before = service.log.length;
  const session = randomUUID();
  const headers = [
    'Origin: https://secret-origin.example',
    'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ];
  const reply = await send(form(session), { headers });
  const { Token, DiscoverUri } = expectStrings(reply, ...tokenNames);
  await send(form(session, otherMeetingUrl), { path: 'GetAnonTokenJob/secret-segment', headers });
  await send('', { headers });
  await send('Subject=secret-subject', { ...adhoc, headers });
  const written = service.log.slice(before);
  const lines = written
    .filter(({ category }) => category === 'user')
    .map(({ message, level }) => ({ ...(JSON.parse(message) as Record<string, unknown>), level }));
  const correlationId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const usual = { correlationId, level: 'information' };
  expect(lines).toMatchObject([
    {
      ...usual,
      endpoint: 'GetAnonTokenJob',
      status: 200,
      platform: 'trusted-application',
      guestId: expect.any(String) as string,
    },
    { ...usual, endpoint: 'GetAnonTokenJob', status: 409, code: 'session-bound-to-another-meeting' },
    { ...usual, endpoint: 'GetAnonTokenJob', status: 500, code: 'invalid-request' },
    { ...usual, endpoint: 'GetAdhocMeetingJob', status: 200, platform: 'trusted-application' },
  ]);
  for (const secret of [session, Token, DiscoverUri, meetingUrl, otherMeetingUrl, page, 'secret-']) {
    expect(JSON.stringify(written)).not.toContain(secret);
  }
});

test('health warns of endpoints that are open to everybody, and says what to do', async () => {
  const report = async () => (await service.call('GET', '/api/v1/health')).json as { checks: { name: string }[] };
  expect((await service.call('POST', '/admin/functions/checkDiscovery', {})).status).toBe(202);
  await until(async () => (await report()).checks.length === 4);
  const passed = { status: 'pass' };
  const action = expect.stringContaining('Set SAMPLE_SERVICE_ENDPOINTS to keyed') as string;
  expect(await report()).toMatchObject({
    status: 'warn',
    checks: [
      { name: 'trusted-application', ...passed },
      { name: 'ucwa', ...passed },
      { name: 'secrets', ...passed },
      { name: 'callers', status: 'warn', steps: [{ name: 'sample-service-endpoints', outcome: 'warn', action }] },
    ],
  });
  const open = await service.call('GET', '/api/health');
  expect({ status: open.status, health: open.json['status'] }).toEqual({ status: 200, health: 'warn' });
});
