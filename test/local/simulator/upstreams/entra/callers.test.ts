import { ClientSecretCredential } from '@azure/identity';
import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { readWebToken } from '../../../../../local/simulator/webToken.ts';
import { at, noon, startTestSimulator, tokenPart, type TestSimulator } from '../../setUp.ts';

let simulator: TestSimulator;
let tenantUrl: string;

beforeAll(async () => {
  simulator = await startTestSimulator();
  tenantUrl = `${simulator.entra.url}/${simulator.entra.tenantId}`;
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const ask = (form: Record<string, string>) => {
  const { clientId: client_id, secret: client_secret } = simulator.callers.applications.advisorApp;
  const scope = `api://${simulator.callers.api.clientId}/.default`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope, ...form });
  return simulator.ask(`${tenantUrl}/oauth2/v2.0/token`, { method: 'POST', body: body.toString() });
};
const claimsOf = (token: unknown) => tokenPart(String(token), 'claims') as Record<string, unknown>;

test('a caller gets an application token of version 2.0 for our service', async () => {
  const { status, json } = await ask({});
  expect(status).toBe(200);
  expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
  const { clientId, objectId } = simulator.callers.applications.advisorApp;
  const claims = claimsOf(at(json, 'access_token'));
  expect(claims).toMatchObject({
    aud: simulator.callers.api.clientId,
    iss: `${tenantUrl}/v2.0`,
    azp: clientId,
    azpacr: '1',
    oid: objectId,
    sub: objectId,
    tid: simulator.entra.tenantId,
    nbf: Math.floor(noon / 1000),
    exp: Math.floor(noon / 1000) + 3599,
    ver: '2.0',
  });
  for (const absent of ['appid', 'scp', 'name']) expect(claims).not.toHaveProperty(absent);
});

test('and of version 1.0 where the registration says so', async () => {
  simulator.world.entra.callerTokenVersion = '1.0';
  simulator.world.entra.tokenLifetimeSeconds = 60;
  const claims = claimsOf(
    at((await ask({ scope: `${simulator.callers.api.clientId}/.default` })).json, 'access_token'),
  );
  expect(claims).toMatchObject({
    aud: `api://${simulator.callers.api.clientId}`,
    iss: `https://sts.windows.net/${simulator.entra.tenantId}/`,
    appid: simulator.callers.applications.advisorApp.clientId,
    appidacr: '1',
    exp: Math.floor(noon / 1000) + 60,
    ver: '1.0',
  });
  expect(claims).not.toHaveProperty('azp');
});

test.each([
  ['the secret of another one', { client_secret: 'wrong' }, 401, 7000215],
  ['another resource', { scope: 'https://api.skype.example/.default' }, 400, 500011],
  ['a scope without /.default', { scope: 'openid' }, 400, 1002012],
])('%s is refused', async (_, form, status, code) => {
  expect(await ask(form)).toMatchObject({ status, json: { error_codes: [code] } });
});

test('a caller’s token opens neither platform nor vault', async () => {
  const { applications, accessToken } = simulator.callers;
  const audiences = [simulator.platform.audience, 'https://vault.azure.net'];
  for (const [index, url] of [simulator.platform.discoverUrl, `${simulator.vault.url}/secrets/any`].entries()) {
    for (const version of ['1.0', '2.0'] as const) {
      const token = accessToken({ application: applications.advisorApp, audience: audiences[index], version });
      const reply = await simulator.ask(`${url}?api-version=7.5`, { headers: { authorization: `Bearer ${token}` } });
      expect(reply.status).toBe(401);
    }
  }
});

test('each application has an id and a secret of its own', () => {
  const { applications } = simulator.callers;
  const values = Object.values(applications).flatMap(({ clientId, objectId, secret }) => [clientId, objectId, secret]);
  expect(new Set([...values, simulator.entra.clientId, simulator.callers.api.clientId]).size).toBe(11);
});

test('a token in a user’s name has the user, the scope and the application', () => {
  const { applications, advisor, accessToken } = simulator.callers;
  const grant = { application: applications.flowConnector, user: advisor };
  const user = { oid: advisor.objectId, name: advisor.name, scp: 'access_as_user' };
  expect(claimsOf(accessToken(grant))).toMatchObject({
    ...user,
    azp: applications.flowConnector.clientId,
    preferred_username: advisor.userName,
  });
  expect(claimsOf(accessToken({ ...grant, version: '1.0' }))).toMatchObject({
    ...user,
    appid: applications.flowConnector.clientId,
    upn: advisor.userName,
    amr: ['pwd', 'mfa'],
  });
});

test('tokens that have to be refused can be made: another tenant, another audience, expired', () => {
  const { applications, accessToken } = simulator.callers;
  const tenantId = '11111111-0000-4000-8000-000000000000';
  const claims = claimsOf(
    accessToken({ application: applications.stranger, tenantId, audience: 'api://other', lifetimeSeconds: -1 }),
  );
  expect(claims).toMatchObject({
    aud: 'api://other',
    iss: `${simulator.entra.url}/${tenantId}/v2.0`,
    tid: tenantId,
    exp: Math.floor(noon / 1000) - 1,
  });
});

test('an ID token is for our service and names no application', () => {
  const { advisor, api, idToken } = simulator.callers;
  const claims = claimsOf(idToken(advisor));
  expect(claims).toMatchObject({ aud: api.clientId, iss: `${tenantUrl}/v2.0`, name: advisor.name });
  for (const absent of ['appid', 'azp', 'scp']) expect(claims).not.toHaveProperty(absent);
});

describe('the OpenID configuration', () => {
  const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
  const configuration = async (path: string) =>
    (await simulator.ask(`${simulator.entra.url}/${path}/.well-known/openid-configuration`)).json;

  test.each(['', '/v2.0'])('of “%s” leads to the key that signed the token', async (version) => {
    const found = await configuration(`${simulator.entra.tenantId}${version}`);
    const { keys } = keysSchema.parse((await simulator.ask(String(at(found, 'jwks_uri')))).json);
    const token = readWebToken(
      simulator.callers.accessToken({
        application: simulator.callers.applications.advisorApp,
        version: version === '' ? '1.0' : '2.0',
      }),
    );
    const [key] = keys.filter(({ kid }) => kid === token?.header['kid']);
    expect(token?.isSignedBy(createPublicKey({ key: key ?? {}, format: 'jwk' }))).toBe(true);
    expect(at(found, 'issuer')).toBe(token?.claims['iss']);
  });

  test('of all tenants has a template for an issuer, and the same keys', async () => {
    const found = await configuration('organizations/v2.0');
    expect(at(found, 'issuer')).toBe(`${simulator.entra.url}/{tenantid}/v2.0`);
    const [own, all] = await Promise.all(
      [`${tenantUrl}/discovery/v2.0/keys`, String(at(found, 'jwks_uri'))].map((url) => simulator.ask(url)),
    );
    expect(all?.json).toEqual(own?.json);
  });

  test('of a tenant that does not exist is refused, and its keys', async () => {
    const tenant = '11111111-0000-4000-8000-000000000000';
    expect(await configuration(tenant)).toMatchObject({ error_codes: [90002] });
    expect((await simulator.ask(`${simulator.entra.url}/${tenant}/discovery/keys`)).status).toBe(400);
  });
});

test('ClientSecretCredential gets the token as a caller would', async () => {
  const { clientId, secret } = simulator.callers.applications.flowConnector;
  const credential = new ClientSecretCredential(simulator.entra.tenantId, clientId, secret, {
    tlsOptions: { ca: simulator.pem.ca },
    authorityHost: simulator.entra.url,
    disableInstanceDiscovery: true,
  });
  const { token } = await credential.getToken(`api://${simulator.callers.api.clientId}/.default`);
  expect(claimsOf(token)).toMatchObject({ azp: clientId });
});
