import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { functionKey } from '../support/testHost.ts';
import { forgedHeaders, unsignedToken } from '../lib/http/principals.ts';
import { callerEndpoints } from './callerEndpoints.ts';
import { startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

// An issuer of v1.0 tokens, claims with short names, and a platform that lets those pass who say nothing of themselves.
let cloud: TestCloud;
let entra: EntraHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  const { callers, entra: authority } = cloud.simulator;
  entra = await startEntraHost(cloud, {
    openIdIssuer: `${authority.url}/${authority.tenantId}`,
    tokenStore: false,
    unauthenticatedClientAction: 'AllowAnonymous',
    sessions: { seat: callers.idToken(callers.advisor) },
  });
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

const version = '1.0' as const;

/** Who owns the guests so far. */
const owners = async () => new Set((await cloud.rows('guests')).map(({ owner }) => owner));

test('an application is let in by its v1.0 token, in its own name and in a user’s, and owns its guests', async () => {
  const { advisor: user, applications } = cloud.simulator.callers;
  expect((await entra.knock('issueAnonymousToken', entra.bearer('advisorApp', { version }))).status).toBe(201);
  expect(await owners()).toEqual(new Set([applications.advisorApp.clientId]));
  expect((await entra.knock('issueAnonymousToken', entra.bearer('flowConnector', { version, user }))).status).toBe(201);
  expect(await owners()).toEqual(new Set([applications.advisorApp.clientId, applications.flowConnector.clientId]));
});

test.each(callerEndpoints)('%s refuses, by itself, whoever the platform let pass without a token', async (endpoint) => {
  const { callers, entra: authority } = cloud.simulator;
  const forged = forgedHeaders(callers.applications.advisorApp.clientId, authority.tenantId);
  for (const headers of [
    {},
    { 'x-functions-key': functionKey },
    forged,
    { ...forged, 'x-functions-key': functionKey, authorization: 'Basic YTpi' },
    { ...forged, cookie: 'AppServiceAuthSession=seat' },
  ]) {
    const reply = await entra.knock(endpoint, headers);
    expectProblem(reply, 'caller-unauthenticated');
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  }
});

test.each(callerEndpoints)('%s refuses a v1.0 token of an application that is not listed', async (endpoint) => {
  expectProblem(await entra.knock(endpoint, entra.bearer('stranger', { version })), 'caller-not-allowed');
});

test('a bad token, and one of the other version, does not get past the platform', async () => {
  const { callers, entra: authority } = cloud.simulator;
  const claims = { appid: callers.applications.advisorApp.clientId, tid: authority.tenantId };
  const unsigned = { authorization: `Bearer ${unsignedToken(claims)}` };
  for (const headers of [unsigned, entra.bearer('advisorApp', { version: '2.0' })]) {
    const { status, text } = await entra.knock('issueAnonymousToken', headers);
    expect([status, text]).toEqual([401, '']);
  }
});
