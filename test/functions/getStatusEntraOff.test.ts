import { forgedHeaders, unsignedToken } from '../lib/http/principals.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectPage } from './statusReply.ts';

// CALLER_AUTH=entra, and nobody at the endpoint: whatever viewers say of themselves reaches the page.
let cloud: TestCloud;
let entra: EntraHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  entra = await startEntraHost(cloud, undefined);
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

test('the page is closed to everybody, and says which setting is to blame', async () => {
  const { tenantId } = cloud.simulator.entra;
  const { clientId } = cloud.simulator.callers.applications.advisorApp;
  const forged = forgedHeaders(clientId, tenantId);
  for (const headers of [
    {},
    forged,
    { ...forged, authorization: `Bearer ${unsignedToken({ azp: clientId, tid: tenantId })}` },
  ]) {
    const response = await fetch(`${entra.service.host.url}/api/status`, { headers });
    const { text } = await expectPage(response, 503);
    expect(text).toContain('CALLER_AUTH=entra needs App Service authentication to be on.');
    expect(text).not.toMatch(/trusted-application|All parts/);
  }
});
