import { endpoints } from '../../lib/contract/endpoints.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { functionKey } from '../support/testHost.ts';
import { forgedHeaders, unsignedToken } from '../lib/http/principals.ts';
import { callerEndpoints } from './callerEndpoints.ts';
import { registeredBy, startEntraHost, type EntraHost } from './entraHost.ts';
import { expectProblem } from './problemReply.ts';

let cloud: TestCloud;
let entra: EntraHost;

const cookie = { cookie: 'AppServiceAuthSession=seat' };

beforeAll(async () => {
  cloud = await startTestCloud();
  const { idToken, advisor } = cloud.simulator.callers;
  entra = await startEntraHost(cloud, { sessions: { seat: idToken(advisor) } });
});
afterAll(async () => {
  await entra.service.stop();
  await cloud.stop();
});

/** Whoever calls was known and let in: what the answer says is about the request. */
function expectLetIn({ status, json }: Reply): void {
  expect([200, 201, 404]).toContain(status);
  expect(json['code'] ?? 'well').toMatch(/^(well|guest-not-found|subscription-not-found)$/);
}

/** The headers of whoever is no application of ours, or does not prove it. */
function strangers(): Record<string, Record<string, string>> {
  const { advisor, applications, idToken } = cloud.simulator.callers;
  const { tenantId } = cloud.simulator.entra;
  const { clientId } = applications.advisorApp;
  const forgedBearer = { authorization: `Bearer ${unsignedToken({ azp: clientId, tid: tenantId })}` };
  return {
    'an ID token': { authorization: `Bearer ${idToken(advisor)}` },
    'an ID token and forged headers': {
      ...forgedHeaders(clientId, tenantId),
      authorization: `Bearer ${idToken(advisor)}`,
    },
    'a session cookie': cookie,
    'a session cookie and forged headers': { ...cookie, ...forgedHeaders(clientId, tenantId) },
    'a session cookie and a forged bearer': { ...cookie, ...forgedBearer },
    // Whose principal Azure makes of the two is not documented; here it is the cookie's.
    'a session cookie and a good bearer': { ...cookie, ...entra.bearer('advisorApp') },
  };
}

test('every function over HTTP is open at the host, which has no keys to check', () => {
  expect(registeredBy('function')).toEqual([]);
  expect(registeredBy('anonymous')).toEqual(expect.arrayContaining(Object.keys(endpoints)));
});

test.each(callerEndpoints)('%s lets in an application of ours, in its own name and in a user’s', async (endpoint) => {
  const { advisor: user } = cloud.simulator.callers;
  expectLetIn(await entra.knock(endpoint, entra.bearer('advisorApp')));
  expectLetIn(await entra.knock(endpoint, entra.bearer('flowConnector', { user })));
});

describe('who is refused leaves nothing behind', () => {
  let before: unknown;
  beforeAll(async () => {
    before = await entra.traces();
  });
  afterAll(async () => {
    expect(await entra.traces()).toEqual(before);
  });

  test.each(callerEndpoints)(
    'at %s: an application that is not listed, whatever it says of itself',
    async (endpoint) => {
      const { advisor: user, applications } = cloud.simulator.callers;
      const forged = forgedHeaders(applications.advisorApp.clientId, cloud.simulator.entra.tenantId);
      for (const headers of [
        entra.bearer('stranger', { user }),
        { ...forged, ...entra.bearer('stranger') },
        { ...entra.bearer('stranger'), 'x-functions-key': functionKey },
      ]) {
        const reply = await entra.knock(endpoint, headers);
        expectProblem(reply, 'caller-not-allowed');
        expect(reply.status).toBe(403);
      }
    },
  );

  test.each(callerEndpoints)('at %s: whoever is no application', async (endpoint) => {
    for (const [who, headers] of Object.entries(strangers())) {
      const reply = await entra.knock(endpoint, headers);
      expectProblem(reply, 'caller-unauthenticated');
      expect([who, reply.status, reply.headers.get('www-authenticate')]).toEqual([who, 401, 'Bearer']);
    }
  });

  test.each(callerEndpoints)('at %s, by the host: who has no token, or a bad one, whatever key', async (endpoint) => {
    const { tenantId } = cloud.simulator.entra;
    const { clientId } = cloud.simulator.callers.applications.advisorApp;
    const forged = forgedHeaders(clientId, tenantId);
    for (const headers of [
      {},
      { 'x-functions-key': functionKey },
      forged,
      { ...forged, authorization: `Bearer ${unsignedToken({ azp: clientId, tid: tenantId })}` },
      { ...forged, 'x-functions-key': functionKey, authorization: 'Basic YTpi' },
      entra.bearer('advisorApp', { audience: 'https://graph.example' }),
      entra.bearer('advisorApp', { tenantId: '11111111-0000-4000-8000-000000000000' }),
      entra.bearer('advisorApp', { lifetimeSeconds: -600 }),
    ]) {
      const { status, text } = await entra.knock(endpoint, headers);
      expect([status, text]).toEqual([401, '']);
    }
  });
});

test('who calls is known before a word of the request is read', async () => {
  const reply = await entra.call(entra.bearer('stranger'), 'POST', '/api/v1/anonymous-tokens', '{"not JSON');
  expectProblem(reply, 'caller-not-allowed');
  const allowed = await entra.call(entra.bearer('advisorApp'), 'POST', '/api/v1/anonymous-tokens', '{"not JSON');
  expectProblem(allowed, 'invalid-request');
});

test('the open endpoints need nobody, and mind nobody', async () => {
  for (const headers of [{}, cookie, entra.bearer('stranger'), { authorization: 'Bearer bad' }]) {
    expect((await entra.call(headers, 'GET', '/api/health')).json).toMatchObject({ status: 'warn' });
    expect((await entra.call(headers, 'GET', '/api/openapi.json')).json).toMatchObject({ openapi: '3.1.0' });
  }
});

test('the log names the application that was let in, and nothing else of who called', async () => {
  const { advisor, applications, idToken } = cloud.simulator.callers;
  const { log } = entra.service;
  const lastLine = () => JSON.parse(log.filter(({ category }) => category === 'user').at(-1)?.message ?? '') as unknown;
  const headers = entra.bearer('flowConnector', { user: advisor });
  await entra.knock('getGuest', headers);
  expect(lastLine()).toMatchObject({ endpoint: 'GetGuest', caller: applications.flowConnector.clientId });
  await entra.knock('issueAnonymousToken', entra.bearer('advisorApp'));
  expect(lastLine()).toMatchObject({ endpoint: 'IssueAnonymousToken', caller: applications.advisorApp.clientId });

  await entra.knock('getGuest', entra.bearer('stranger'));
  expect(lastLine()).toMatchObject({ status: 403, code: 'caller-not-allowed' });
  expect(lastLine()).not.toHaveProperty('caller');
  await entra.knock('getGuest', { authorization: `Bearer ${idToken(advisor)}`, ...cookie });

  // Of everything that this file has sent.
  const everything = JSON.stringify(log);
  const { advisorApp, flowConnector, stranger } = applications;
  const [, claims = '', signature = ''] = (headers['authorization'] ?? '').split('.');
  for (const word of [
    claims,
    signature,
    'Bearer',
    'seat',
    advisor.name,
    advisor.userName,
    advisor.objectId,
    advisorApp.objectId,
    flowConnector.objectId,
    stranger.objectId,
    stranger.clientId,
    cloud.simulator.entra.tenantId,
    cloud.simulator.callers.api.clientId,
    'access_as_user',
    functionKey,
  ]) {
    expect([word, everything.includes(word)]).toEqual([word, false]);
  }
});
