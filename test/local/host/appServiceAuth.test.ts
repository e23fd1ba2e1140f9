import { request as httpRequest } from 'node:http';
import type { AuthenticationOptions } from '../../../local/host/appServiceAuth.ts';
import { readCorsSetting } from '../../../local/host/cors.ts';
import { startHost, type Host } from '../../../local/host/host.ts';
import { startSimulator, type Simulator } from '../../../local/simulator/simulator.ts';
import { pem } from '../../support/pem.ts';

const schema = 'http://schemas.microsoft.com/identity/claims/';
const functionKey = 'the key';
const origin = 'https://advisor.example';

let simulator: Simulator;
let host: Host | undefined;

beforeAll(async () => {
  simulator = await startSimulator({ tls: { key: pem('key'), cert: pem('cert') } });
});
afterEach(() => host?.stop());
afterAll(() => simulator.stop());

async function start(authentication?: Partial<AuthenticationOptions>): Promise<void> {
  host = await startHost({
    load: () => import('./fixtureApp.ts'),
    functionKey,
    cors: readCorsSetting(origin),
    authentication: authentication && { ...simulator.callers.api, ...authentication },
  });
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${host?.url ?? ''}${path}`, { method, headers });
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The headers as a function sees them. */
async function seenBy(headers: Record<string, string>, path = '/api/headers'): Promise<Record<string, string>> {
  const response = await get(path, headers);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, string>;
}

interface Principal {
  auth_typ: string;
  claims: { typ: string; val: string }[];
}

async function principalOf(headers: Record<string, string>): Promise<{ ofType: string; values: Map<string, string> }> {
  const text = Buffer.from((await seenBy(headers))['x-ms-client-principal'] ?? '', 'base64').toString('utf8');
  const { auth_typ: ofType, claims } = JSON.parse(text) as Principal;
  const values = new Map<string, string>();
  for (const { typ, val } of claims) values.set(typ, [values.get(typ), val].filter(Boolean).join(' and '));
  return { ofType, values };
}

/** What a client sends that wants to be somebody else. */
const forged = {
  'x-ms-client-principal': Buffer.from('{"auth_typ":"aad","claims":[]}').toString('base64'),
  'X-MS-Client-Principal-Id': 'forged',
  'x-ms-client-principal-name': 'forged',
  'x-ms-client-principal-idp': 'forged',
  'x-ms-token-aad-access-token': 'forged',
};

describe('without authentication', () => {
  it('what clients say of themselves reaches the function, and the environment says so', async () => {
    await start();
    expect(await seenBy(forged)).toMatchObject({
      'x-ms-client-principal-id': 'forged',
      'x-ms-token-aad-access-token': 'forged',
    });
    expect(process.env['WEBSITE_AUTH_ENABLED']).toBe('False');
  });
});

describe('a caller with a good token', () => {
  it('becomes a principal, and nothing else that it says of itself gets through', async () => {
    await start({});
    const { clientId, objectId } = simulator.callers.applications.advisorApp;
    const token = simulator.callers.accessToken({ application: simulator.callers.applications.advisorApp });
    const seen = await seenBy({ ...forged, ...bearer(token), 'x-other': 'kept' });
    expect(seen).toMatchObject({
      'x-ms-client-principal-id': objectId,
      'x-ms-client-principal-idp': 'aad',
      authorization: `Bearer ${token}`,
      'x-other': 'kept',
    });
    expect(Object.keys(seen)).not.toContain('x-ms-client-principal-name');
    expect(JSON.stringify(seen)).not.toContain('forged');
    const { ofType, values } = await principalOf(bearer(token));
    expect(ofType).toBe('aad');
    expect(Object.fromEntries(values)).toMatchObject({
      aud: simulator.callers.api.clientId,
      azp: clientId,
      ver: '2.0',
      exp: expect.stringMatching(/^\d+$/) as string,
      [`${schema}tenantid`]: simulator.entra.tenantId,
      [`${schema}objectidentifier`]: objectId,
    });
    expect([...values.keys()]).not.toContain('tid');
    expect(process.env['WEBSITE_AUTH_ENABLED']).toBe('True');
  });

  it('of version 1.0 is one for an issuer of version 1.0 only', async () => {
    const { url, tenantId } = simulator.entra;
    const { advisorApp } = simulator.callers.applications;
    const [first, second] = (['1.0', '2.0'] as const).map((version) =>
      bearer(simulator.callers.accessToken({ application: advisorApp, version })),
    );
    await start({ openIdIssuer: `${url}/${tenantId}` });
    expect((await principalOf(first ?? {})).values.get('appid')).toBe(advisorApp.clientId);
    expect((await get('/api/headers', second)).status).toBe(401);
    await host?.stop();
    await start({});
    expect((await get('/api/headers', first)).status).toBe(401);
  });

  it('who is a user brings the user and the application; many values are many claims', async () => {
    const { url, tenantId } = simulator.entra;
    const { applications, advisor, accessToken } = simulator.callers;
    await start({ openIdIssuer: `${url}/${tenantId}` });
    const headers = bearer(accessToken({ application: applications.flowConnector, user: advisor, version: '1.0' }));
    expect(Object.fromEntries((await principalOf(headers)).values)).toMatchObject({
      appid: applications.flowConnector.clientId,
      name: advisor.name,
      [`${schema}scope`]: 'access_as_user',
      'http://schemas.microsoft.com/claims/authnmethodsreferences': 'pwd and mfa',
    });
    expect(await seenBy(headers)).toMatchObject({ 'x-ms-client-principal-name': advisor.userName });
  });

  it('of any tenant is one when the issuer is of all tenants', async () => {
    await start({ openIdIssuer: `${simulator.entra.url}/organizations/v2.0` });
    const tenantId = '11111111-0000-4000-8000-000000000000';
    const token = simulator.callers.accessToken({ application: simulator.callers.applications.stranger, tenantId });
    expect((await principalOf(bearer(token))).values.get(`${schema}tenantid`)).toBe(tenantId);
  });

  it('keeps the short names of its claims without a token store', async () => {
    await start({ tokenStore: false });
    const token = simulator.callers.accessToken({ application: simulator.callers.applications.advisorApp });
    const { values } = await principalOf(bearer(token));
    expect(values.get('tid')).toBe(simulator.entra.tenantId);
    expect(values.has(`${schema}tenantid`)).toBe(false);
  });

  it('still needs the key of a function that has one', async () => {
    await start({});
    const headers = bearer(simulator.callers.accessToken({ application: simulator.callers.applications.advisorApp }));
    expect((await get('/api/guarded', headers)).status).toBe(401);
    expect((await get('/api/guarded', { ...headers, 'x-functions-key': functionKey })).status).toBe(200);
    expect((await get('/api/guarded', { 'x-functions-key': functionKey })).status).toBe(401);
  });
});

describe('a token that is refused', () => {
  const grants = {
    'of another audience': { audience: 'https://graph.example' },
    'of another tenant': { tenantId: '11111111-0000-4000-8000-000000000000' },
    'that has expired': { lifetimeSeconds: -301 },
  };
  it.each(Object.entries(grants))('is one %s', async (_, grant) => {
    await start({});
    const { applications, accessToken } = simulator.callers;
    const response = await get('/api/headers', bearer(accessToken({ application: applications.advisorApp, ...grant })));
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="${new URL(host?.url ?? '').host}" authorization_uri="${simulator.entra.url}/` +
        `${simulator.entra.tenantId}/oauth2/v2.0/authorize" resource_id="${simulator.callers.api.clientId}"`,
    );
  });

  it('is one whose claims, signature or header somebody changed', async () => {
    await start({});
    const { applications, accessToken } = simulator.callers;
    const token = accessToken({ application: applications.advisorApp });
    const [header = '', claims = '', signature = ''] = token.split('.');
    const other = accessToken({ application: applications.stranger }).split('.')[1] ?? '';
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const sent = [
      [header, other, signature],
      [header, claims, signature.slice(0, -4)],
      [header, claims, ''],
      [none, claims, signature],
      [none, claims, ''],
      ['not', 'a', 'token'],
    ].map((parts) => parts.join('.'));
    for (const changed of sent) expect((await get('/api/headers', bearer(changed))).status).toBe(401);
    expect((await get('/api/headers', { authorization: `Basic ${token}` })).status).toBe(401);
    expect((await get('/api/headers', { authorization: `bearer ${token}` })).status).toBe(200);
  });

  it('is one that is not good yet, or no more, by the clock of the host', async () => {
    let now = Date.now();
    await start({ now: () => now });
    const { applications, accessToken } = simulator.callers;
    const headers = bearer(accessToken({ application: applications.advisorApp, lifetimeSeconds: 60 }));
    expect((await get('/api/headers', headers)).status).toBe(200);
    now += 361_000;
    expect((await get('/api/headers', headers)).status).toBe(401);
    now -= 722_000;
    expect((await get('/api/headers', headers)).status).toBe(401);
  });

  it('with 403 is one of an application that is not on the list', async () => {
    const { applications, accessToken, advisor, idToken } = simulator.callers;
    await start({ allowedApplications: [applications.advisorApp.clientId], sessions: { seat: idToken(advisor) } });
    const status = async (headers: Record<string, string>) => (await get('/api/headers', headers)).status;
    expect(await status(bearer(accessToken({ application: applications.advisorApp })))).toBe(200);
    expect(await status(bearer(accessToken({ application: applications.stranger })))).toBe(403);
    expect(await status({ cookie: 'AppServiceAuthSession=seat' })).toBe(403);
    expect(await status({})).toBe(401);
  });
});

describe('a browser that has signed in', () => {
  const cookie = 'other=1; AppServiceAuthSession=seat';

  it('is a user by its cookie alone, and names no application', async () => {
    const { advisor, idToken } = simulator.callers;
    await start({ sessions: { seat: idToken(advisor) } });
    const { values } = await principalOf({ cookie });
    expect(values.get('preferred_username')).toBe(advisor.userName);
    expect(values.get(`${schema}tenantid`)).toBe(simulator.entra.tenantId);
    expect(['appid', 'azp', `${schema}scope`].filter((name) => values.has(name))).toEqual([]);
    const seen = await seenBy({ cookie });
    expect(seen).not.toHaveProperty('authorization');
    expect(seen).toMatchObject({ cookie, 'x-ms-client-principal-name': advisor.userName });
  });

  it('is that user also with a bearer, good or bad', async () => {
    const { advisor, idToken, applications, accessToken } = simulator.callers;
    await start({ sessions: { seat: idToken(advisor) } });
    for (const token of ['bad', accessToken({ application: applications.advisorApp })]) {
      const { values } = await principalOf({ cookie, ...bearer(token) });
      expect([values.get('name'), values.get('azp')]).toEqual([advisor.name, undefined]);
    }
  });

  it('is nobody with another cookie, or without sessions', async () => {
    await start({ sessions: { seat: simulator.callers.idToken(simulator.callers.advisor) } });
    for (const other of ['AppServiceAuthSession=stand', 'AppServiceAuthSession=constructor', 'seat=seat', '']) {
      expect((await get('/api/headers', { cookie: other })).status).toBe(401);
    }
    await host?.stop();
    await start({});
    expect((await get('/api/headers', { cookie })).status).toBe(401);
  });
});

it('lets an ID token pass as a bearer: our client id is an audience', async () => {
  await start({});
  const { values } = await principalOf(bearer(simulator.callers.idToken(simulator.callers.advisor)));
  expect(values.get('aud')).toBe(simulator.callers.api.clientId);
  expect(values.has('azp')).toBe(false);
});

describe('a path that is excluded', () => {
  it('is open, and strips what clients say all the same', async () => {
    await start({ excludedPaths: ['/api/headers', '/admin/*'] });
    expect(JSON.stringify(await seenBy(forged))).not.toContain('forged');
    expect(await seenBy(bearer('bad'))).not.toHaveProperty('x-ms-client-principal');
    expect(await seenBy({}, '/API/Headers')).toBeDefined();
    expect((await get('/api/headers/below')).status).toBe(401);
    const token = simulator.callers.accessToken({ application: simulator.callers.applications.advisorApp });
    expect(await seenBy(bearer(token))).toHaveProperty('x-ms-client-principal');
  });

  it('is the probe, the definition and the admin endpoints, which keep their key', async () => {
    await start({});
    const status = async (path: string) => (await get(path)).status;
    expect(await status('/api/health')).toBe(200);
    expect(await status('/api/openapi.json')).toBe(200);
    expect(await status('/api/v1/health')).toBe(401);
    expect(await status('/admin/host/status')).toBe(200);
    expect((await get('/admin/functions/echo', {}, 'POST')).status).toBe(401);
    expect(await status('/administration')).toBe(401);
    expect(await status('/nowhere')).toBe(401);
  });

  it('is not reached by a path that only looks like it', async () => {
    await start({});
    const raw = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ port: host?.port, path }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject).end();
      });
    for (const path of ['/api/health/../headers', '/admin/../api/headers', '/api/health/%2e%2e/headers']) {
      expect(await raw(path)).toBe(401);
    }
  });
});

it('can let anonymous callers pass, who are nobody, but no bad token', async () => {
  await start({ unauthenticatedClientAction: 'AllowAnonymous' });
  expect(JSON.stringify(await seenBy(forged))).not.toContain('forged');
  expect((await get('/api/headers', bearer('bad'))).status).toBe(401);
});

it('comes after the preflight, and its refusals can be read by a listed origin', async () => {
  await start({});
  const preflight = {
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  };
  expect((await get('/api/headers', preflight, 'OPTIONS')).status).toBe(204);
  expect((await get('/api/headers', { origin }, 'OPTIONS')).status).toBe(401);
  const refused = await get('/api/headers', { origin });
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
});

it('does not start when the issuer cannot be read', async () => {
  const { url } = simulator.entra;
  const message = `App Service authentication cannot read ${url}/elsewhere/.well-known/openid-configuration: `;
  await expect(start({ openIdIssuer: `${url}/elsewhere` })).rejects.toThrow(message);
  await start({});
  expect((await get('/api/health')).status).toBe(200);
});
