import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { forgedHeaders, unsignedToken } from '../lib/http/principals.ts';
import { callerEndpoints } from './callerEndpoints.ts';
import { registeredBy, startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

// CALLER_AUTH=entra, and nobody at the endpoint: whatever callers say of themselves reaches the functions.
let cloud: TestCloud;
let entra: EntraHost;
let before: unknown;

beforeAll(async () => {
  cloud = await startTestCloud();
  entra = await startEntraHost(cloud, undefined);
  before = await entra.traces();
});
afterAll(async () => {
  expect(await entra.traces()).toEqual(before);
  await entra.service.stop();
  await cloud.stop();
});

function everyClaimToBeOurs(): Record<string, string>[] {
  const { tenantId } = cloud.simulator.entra;
  const { clientId } = cloud.simulator.callers.applications.advisorApp;
  const forged = forgedHeaders(clientId, tenantId);
  const unsigned = { authorization: `Bearer ${unsignedToken({ azp: clientId, tid: tenantId })}` };
  return [
    {},
    { 'x-functions-key': functionKey },
    forged,
    { ...forged, ...unsigned },
    { ...forged, ...entra.bearer('advisorApp') },
    { ...forged, ...entra.bearer('advisorApp'), 'x-functions-key': functionKey },
    entra.bearer('advisorApp'),
  ];
}

test('no function has a key that would keep anybody out', () => {
  expect(registeredBy('function')).toEqual([]);
});

test.each(callerEndpoints)('%s is closed to everybody, and says which setting is to blame', async (endpoint) => {
  for (const headers of everyClaimToBeOurs()) {
    const reply = await entra.knock(endpoint, headers);
    expectProblem(reply, 'configuration-invalid');
    expect(reply.json['detail']).toBe(
      'Correct the settings: CALLER_AUTH=entra needs App Service authentication to be on.',
    );
  }
});

test.each([undefined, '', 'False', 'false', '1', 'yes'])(
  'a platform that says %j of its authentication has not turned it on',
  async (value) => {
    if (value === undefined) delete process.env['WEBSITE_AUTH_ENABLED'];
    else process.env['WEBSITE_AUTH_ENABLED'] = value;
    for (const headers of everyClaimToBeOurs().slice(-3)) {
      expectProblem(await entra.knock('issueAnonymousToken', headers), 'configuration-invalid');
    }
  },
);

test('the open endpoints answer all the same, and the one for monitors says that something is wrong', async () => {
  for (const headers of everyClaimToBeOurs()) {
    const health = await entra.call(headers, 'GET', '/api/health');
    expect([health.status, health.json]).toEqual([503, { status: 'fail' }]);
    expect((await entra.call(headers, 'GET', '/api/openapi.json')).status).toBe(200);
  }
});
