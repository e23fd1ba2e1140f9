import { connectorDefinition } from '../../connector/generate/definition.ts';
import { operations } from '../../connector/generate/operations.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { powerAutomate, type PowerAutomate } from './powerAutomate.ts';

let cloud: TestCloud;
let service: TestHost;
let flows: PowerAutomate;

const definition = connectorDefinition({ host: 'join.contoso.example', connection: 'function-key' });
/** As the expressions of flows write times: seven digits of a second. */
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString().replace('Z', '0000Z');
const key = (booking: string): string => `meeting-for-booking-${booking}`;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud);
  flows = powerAutomate({ definition, serviceUrl: service.host.url, credential: functionKey });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

test('a flow creates a meeting, admits a guest, brings the same guest back, and removes it', async () => {
  const meeting = await flows.run('CreateMeeting', {
    'Idempotency-Key': key('4711'),
    'body/subject': 'Remote advice',
    'body/accessLevel': 'SameEnterprise',
    'body/leaders': ['sip:advisor@contoso.com'],
    'body/expirationTime': inAnHour(),
  });
  const created = meeting.json['meetingUrl'];
  // It may not have been checked yet, which is a warning.
  const checked = await flows.run('PreflightJoin', { 'body/meetingUrl': created });
  expect(checked.json['status']).toMatch(/^(?:pass|warn)$/);
  const issued = await flows.run('IssueAnonymousToken', { 'body/meetingUrl': created });
  expect(issued.status).toBe(201);
  const { applicationSessionId, guestId } = issued.json;
  const known = { 'body/meetingUrl': created, 'body/applicationSessionId': applicationSessionId };
  expect(await flows.run('IssueAnonymousToken', known)).toMatchObject({ status: 200, json: { guestId } });
  const rejoined = await flows.run('IssueRejoinToken', { 'body/applicationSessionId': applicationSessionId });
  expect(rejoined.json).toMatchObject({ guestId, identityPreserved: true });

  const page = await flows.run('SearchGuests', { 'body/meetingUrl': created });
  expect(page.json['guests']).toMatchObject([{ guestId, rejoinCount: 2 }]);
  expect((await flows.run('GetGuest', { guestId })).json['state']).toBe('active');
  await flows.run('RemoveGuest', { guestId });
  expect((await flows.run('GetGuest', { guestId })).json['state']).toBe('removed');

  await cloud.newApp().checkDiscovery(undefined, () => undefined);
  expect((await flows.run('GetHealth')).json).toMatchObject({ status: 'pass', checks: [{}, {}] });
  // That was all of them, but for the trigger and its end.
  const actions = operations.filter(({ triggerHint, visibility }) => !triggerHint && visibility !== 'internal');
  expect([...flows.succeeded].sort()).toEqual(actions.map(({ endpoint }) => endpoint.operationId).sort());
});

test('an action that is repeated makes no second meeting', async () => {
  const values = { 'Idempotency-Key': key('4712'), 'body/subject': 'Remote advice' };
  const first = await flows.run('CreateMeeting', values);
  expect((await flows.run('CreateMeeting', values)).json).toEqual(first.json);
  expect((await flows.run('CreateMeeting', { ...values, 'body/subject': 'Other advice' })).status).toBe(422);
});

test('every option of an action is one that the service knows', async () => {
  const created = await flows.run('CreateMeeting', {
    'Idempotency-Key': key('4713'),
    'body/subject': 'Remote advice',
    'body/description': 'About a loan.',
    'body/accessLevel': 'Invited',
    'body/automaticLeaderAssignment': 'SameEnterprise',
    'body/entryExitAnnouncement': 'Disabled',
    'body/lobbyBypassForPhoneUsers': 'Disabled',
    'body/phoneUserAdmission': 'Disabled',
    'body/attendees': ['sip:advisor@contoso.com'],
    'body/leaders': ['sip:advisor@contoso.com'],
    'body/expirationTime': inAnHour(),
  });
  expect(created.status).toBe(201);
  const origins = { 'body/allowedOrigins': ['https://www.contoso.example'] };
  const issued = await flows.run('IssueAnonymousToken', { 'body/meetingUrl': meetingUrl, ...origins });
  const session = { 'body/applicationSessionId': issued.json['applicationSessionId'] };
  expect((await flows.run('IssueRejoinToken', { ...session, ...origins })).status).toBe(200);
  const checked = await flows.run('PreflightJoin', { 'body/meetingUrl': meetingUrl, ...session, ...origins });
  expect(checked.json['session']).toBe('active');
  const guestId = String(issued.json['guestId']);
  const rest = await flows.run('SearchGuests', { 'body/meetingUrl': meetingUrl, 'body/cursor': `k1.${guestId}` });
  expect(rest.json).toEqual({ guests: [] });
});

test('what fails is one of the failures that the definition lists', async () => {
  const nobody = 'A'.repeat(43);
  expect((await flows.run('GetGuest', { guestId: nobody })).json['code']).toBe('guest-not-found');
  expect((await flows.run('GetGuest', { guestId: 'a b/c' })).json['code']).toBe('invalid-request');
  expect((await flows.run('IssueAnonymousToken', { 'body/meetingUrl': 'http://meet' })).status).toBe(400);
  const wrong = powerAutomate({ definition, serviceUrl: service.host.url, credential: 'another-key' });
  for (const operationId of ['GetHealth', 'CreateMeeting'] as const) {
    const values = operationId === 'CreateMeeting' ? { 'Idempotency-Key': key('4714') } : {};
    expect((await wrong.run(operationId, values)).status).toBe(401);
  }
});
