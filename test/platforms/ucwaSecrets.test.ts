import { inspect } from 'node:util';
import type { Fault } from '../../local/simulator/faults.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';

const meetingUrl = 'https://meet.contoso.example/danab/PYC58WSY';
const conferenceKey = 'G03W98W4';
let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, { MEETING_PLATFORMS: 'trusted-application,ucwa' });
});
afterEach(() => cloud.simulator.world.faults.clearAll());
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

const issue = (body: object = {}): Promise<Reply> =>
  service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl, ...body });

test('118, 130: a ticket is in the answer that it is for, which nobody may keep, and nowhere else', async () => {
  const issued = await issue();
  expect(issued.status).toBe(201);
  expect(issued.headers.get('cache-control')).toBe('no-store');
  const { applicationSessionId, token } = issued.json;
  const again = await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId });
  expect(again.json).toMatchObject({ identityPreserved: true, platform: 'ucwa', tokenType: 'Bearer' });
  expect(again.json['token']).not.toBe(token);

  const written = JSON.stringify([service.log, await cloud.rows('guests'), await cloud.rows('meetingGuests')]);
  for (const secret of ['cwt=', conferenceKey, String(applicationSessionId), meetingUrl, 'PYC58WSY']) {
    expect(written).not.toContain(secret);
  }
  expect(issued.text + again.text).not.toContain(conferenceKey);
});

test.each<[string, Fault]>([
  ['a refusal', { status: 400, body: `{"error":"invalid_grant","hint":"${conferenceKey}"}` }],
  ['an error that nobody knows', { status: 400, body: `{"error":"${conferenceKey}","token":"cwt=AAEB"}` }],
  ['a page with the form in it', { status: 500, body: `<pre>password=${conferenceKey}&ms_rtc_renew=cwt=AAEB</pre>` }],
  ['half a ticket', { malformed: true }],
  ['a ticket that cannot be used', { body: '{"access_token":"cwt=AAEB","token_type":"mac"}' }],
  ['nothing', { cut: 'before-answer' }],
])('118: neither the problem nor the log nor the error has a secret after %s', async (_, fault) => {
  const { json } = await issue();
  const { applicationSessionId } = json;
  const before = service.log.length;
  cloud.simulator.world.faults.set('ucwa.token', fault);
  const replies = [await issue(), await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId })];
  const error: unknown = await cloud
    .newApp({ MEETING_PLATFORMS: 'ucwa' })
    .issue({ meetingUrl }, new AbortController().signal)
    .catch((thrown: unknown) => thrown);
  const shown = [
    ...replies.map(({ text }) => text),
    JSON.stringify(service.log.slice(before)),
    inspect(error, { depth: 10, showHidden: true }),
  ];
  expect(replies.every(({ status }) => status >= 500)).toBe(true);
  for (const text of shown) {
    for (const secret of ['cwt=', conferenceKey, 'contoso.example', 'password=']) expect(text).not.toContain(secret);
  }
});

test('141: what X-Ms-diagnostics numbers comes into the log, and not to the caller', async () => {
  await issue();
  const headers = { 'X-Ms-diagnostics': '28055;source="fe01.contoso.example";reason="The OAuth token is invalid."' };
  cloud.simulator.world.faults.set('ucwa.token', { status: 404, headers });
  const before = service.log.length;
  const refused = await issue();
  expect(refused.status).toBe(502);
  const log = JSON.stringify(service.log.slice(before));
  expect(log).toContain('28055');
  expect(log + refused.text).not.toContain('fe01.');
  expect(refused.text).not.toContain('28055');
});
