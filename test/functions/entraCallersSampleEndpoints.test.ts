import { randomUUID } from 'node:crypto';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { callerEndpoints } from './callerEndpoints.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

// The sample service's endpoints know no callers: with CALLER_AUTH=entra they would be a way round it.
let cloud: TestCloud;
let entra: EntraHost;
let before: unknown;

beforeAll(async () => {
  cloud = await startTestCloud();
  entra = await startEntraHost(cloud, {}, { SAMPLE_SERVICE_ENDPOINTS: 'open' });
  before = await entra.traces();
});
afterAll(async () => {
  expect(await entra.traces()).toEqual(before);
  await entra.service.stop();
  await cloud.stop();
});

const job = {
  ApplicationSessionId: randomUUID(),
  AllowedOrigins: 'https://www.contoso.example',
  MeetingUrl: meetingUrl,
};

test.each(['GetAnonTokenJob', 'GetAdhocMeetingJob'])(
  '%s gives nothing, with a token of ours or without',
  async (endpoint) => {
    const body = JSON.stringify({ ...job, Subject: 'x' });
    for (const proof of [{}, { 'x-functions-key': functionKey }, entra.bearer('advisorApp')]) {
      const headers = { 'content-type': 'application/json', ...proof };
      // Not by the test host's own call: these endpoints have bodies that say JSON and are none.
      const response = await fetch(`${entra.service.host.url}/api/${endpoint}`, { method: 'POST', headers, body });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.text()).not.toMatch(/token"|joinurl/i);
    }
  },
);

test.each(callerEndpoints)('%s says which setting is to blame', async (endpoint) => {
  const reply = await entra.knock(endpoint, entra.bearer('advisorApp'));
  expectProblem(reply, 'configuration-invalid');
  expect(reply.json['detail']).toBe(
    'Correct the settings: SAMPLE_SERVICE_ENDPOINTS must be off with CALLER_AUTH=entra.',
  );
});
