import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { forgedHeaders, unsignedToken } from '../lib/http/principals.ts';
import { callerEndpoints } from './callerEndpoints.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

// App Service is told to take tokens of any tenant, and to ask nobody below /api: the service alone keeps callers apart.
const callersTenant = '22222222-abcd-4000-8000-000000000000';
let cloud: TestCloud;
let entra: EntraHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  entra = await startEntraHost(
    cloud,
    { openIdIssuer: `${cloud.simulator.entra.url}/organizations/v2.0`, excludedPaths: ['/api/*'] },
    { CALLER_TENANT_ID: callersTenant.toUpperCase() },
  );
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

test('an application of the callers’ tenant is let in', async () => {
  const headers = entra.bearer('advisorApp', { tenantId: callersTenant });
  expect((await entra.knock('issueAnonymousToken', headers)).status).toBe(201);
});

test.each(callerEndpoints)('%s refuses the same application in another tenant', async (endpoint) => {
  const { advisor: user } = cloud.simulator.callers;
  for (const tenantId of ['11111111-0000-4000-8000-000000000000', cloud.simulator.entra.tenantId]) {
    expectProblem(await entra.knock(endpoint, entra.bearer('advisorApp', { tenantId })), 'caller-not-allowed');
    expectProblem(await entra.knock(endpoint, entra.bearer('flowConnector', { tenantId, user })), 'caller-not-allowed');
  }
});

test.each(callerEndpoints)(
  '%s refuses a bearer that the platform did not vouch for, and what it did not say',
  async (endpoint) => {
    const { clientId } = cloud.simulator.callers.applications.advisorApp;
    const forged = forgedHeaders(clientId, callersTenant);
    const unsigned = { authorization: `Bearer ${unsignedToken({ azp: clientId, tid: callersTenant })}` };
    const good = { tenantId: callersTenant };
    for (const headers of [
      {},
      forged,
      unsigned,
      { ...forged, ...unsigned },
      { ...forged, ...entra.bearer('advisorApp', { ...good, lifetimeSeconds: -600 }) },
      { ...forged, ...entra.bearer('advisorApp', { ...good, audience: 'https://graph.example' }) },
    ]) {
      expectProblem(await entra.knock(endpoint, headers), 'caller-unauthenticated');
    }
  },
);
