import { forgedHeaders, principalOf, unsignedToken } from '../lib/http/principals.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectPage } from './statusReply.ts';

// App Service authentication lets everybody through to the page, and the page looks at who it is.
let cloud: TestCloud;
let entra: EntraHost;

const signedIn = { cookie: 'AppServiceAuthSession=seat' };

beforeAll(async () => {
  cloud = await startTestCloud();
  const { idToken, advisor } = cloud.simulator.callers;
  entra = await startEntraHost(cloud, {
    excludedPaths: ['/api/health', '/api/openapi.json', '/api/status'],
    sessions: { seat: idToken(advisor) },
  });
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

const open = (headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${entra.service.host.url}/api/status`, { headers });
const lastLine = () =>
  JSON.parse(entra.service.log.filter(({ category }) => category === 'user').at(-1)?.message ?? '') as unknown;

test('a user of the tenant who has signed in sees the page, and is not named in the log', async () => {
  const { title } = await expectPage(await open(signedIn), 200);
  expect(title).toBe('warn – Anonymous Join');
  expect(lastLine()).toMatchObject({ endpoint: 'GetStatus', status: 200 });
  expect(lastLine()).not.toHaveProperty('caller');
});

test('an application that is listed sees it, in its own name and in a user’s', async () => {
  const { advisor: user, applications } = cloud.simulator.callers;
  await expectPage(await open(entra.bearer('advisorApp')), 200);
  expect(lastLine()).toMatchObject({ caller: applications.advisorApp.clientId });
  await expectPage(await open(entra.bearer('flowConnector', { user })), 200);
});

test('a user sees nothing else', async () => {
  const reply = await entra.call(signedIn, 'GET', '/api/v1/health');
  expect([reply.status, reply.json['code']]).toEqual([401, 'caller-unauthenticated']);
});

test('whoever is nobody is shown where to sign in, and nothing else', async () => {
  const { applications } = cloud.simulator.callers;
  const { tenantId } = cloud.simulator.entra;
  const { clientId } = applications.advisorApp;
  for (const headers of [
    {},
    { 'x-functions-key': functionKey },
    { cookie: 'AppServiceAuthSession=nobody' },
    forgedHeaders(clientId, tenantId),
    { 'x-ms-client-principal': principalOf(['tid', tenantId], ['name', 'Ada']) },
    { authorization: `Bearer ${unsignedToken({ azp: clientId, tid: tenantId })}` },
    entra.bearer('advisorApp', { lifetimeSeconds: -600 }),
  ]) {
    const response = await open(headers);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const { title, text, attributes } = await expectPage(response, 401);
    expect(title).toBe('You are not signed in – Anonymous Join');
    expect(text).toMatch(/Sign in with an account of the organisation that runs this service\. Sign in$/);
    expect(attributes('href')).toEqual(['/.auth/login/aad?post_login_redirect_uri=/api/status']);
  }
});

test('an application that is not listed is refused, whatever else it says', async () => {
  const { advisor: user, applications } = cloud.simulator.callers;
  const forged = forgedHeaders(applications.advisorApp.clientId, cloud.simulator.entra.tenantId);
  for (const headers of [
    entra.bearer('stranger'),
    entra.bearer('stranger', { user }),
    { ...forged, ...entra.bearer('stranger') },
  ]) {
    const { text } = await expectPage(await open(headers), 403);
    expect(text).toContain('Ask the administrator to list the application in CALLER_APP_IDS.');
  }
});
