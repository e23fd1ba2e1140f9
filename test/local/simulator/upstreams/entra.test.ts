import { ClientSecretCredential } from '@azure/identity';
import { generateKeyPairSync, type KeyObject, createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { readSigningCertificate, signWebToken, readWebToken } from '../../../../local/simulator/webToken.ts';
import { at, clientSecret, noon, startTestSimulator, tokenPart, type TestSimulator } from '../setUp.ts';

let simulator: TestSimulator;
let tenantUrl: string;

beforeAll(async () => {
  simulator = await startTestSimulator();
  tenantUrl = `${simulator.entra.url}/${simulator.entra.tenantId}`;
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const ask = (form: Record<string, string>, url = tenantUrl) => {
  const given = {
    grant_type: 'client_credentials',
    client_id: simulator.entra.clientId,
    scope: 'https://api.skype.example/.default',
    ...form,
  };
  return simulator.ask(`${url}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(given).toString() });
};

test('the metadata names the token endpoint under the authority that was asked', async () => {
  const { status, json } = await simulator.ask(`${tenantUrl}/v2.0/.well-known/openid-configuration`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ issuer: `${tenantUrl}/v2.0`, token_endpoint: `${tenantUrl}/oauth2/v2.0/token` });
});

test('a secret earns a v1 application token for the resource of the scope', async () => {
  const { status, json } = await ask({
    client_secret: clientSecret,
    scope: 'https://api.skype.example/.default openid',
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 });
  const { tenantId, clientId } = simulator.entra;
  expect(tokenPart(String(at(json, 'access_token')), 'claims')).toMatchObject({
    aud: 'https://api.skype.example',
    iss: `https://sts.windows.net/${tenantId}/`,
    appid: clientId,
    appidacr: '1',
    tid: tenantId,
    nbf: Math.floor(noon / 1000),
    exp: Math.floor(noon / 1000) + 3599,
  });
});

test('the life of tokens can be changed', async () => {
  simulator.world.entra.tokenLifetimeSeconds = 60;
  expect((await ask({ client_secret: clientSecret })).json).toMatchObject({ expires_in: 60 });
});

test('while a secret is rotated both are good, then only the new one', async () => {
  const { entra } = simulator.world;
  entra.acceptedSecrets = [clientSecret, 'second'];
  expect((await ask({ client_secret: clientSecret })).status).toBe(200);
  expect((await ask({ client_secret: 'second' })).status).toBe(200);
  entra.acceptedSecrets = ['second'];
  expect((await ask({ client_secret: clientSecret })).status).toBe(401);
});

test.each([
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  ['no proof at all', {}, 401, 'invalid_client', 7000216],
  ['an unknown client', { client_id: 'other', client_secret: clientSecret }, 400, 'unauthorized_client', 700016],
  ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ['a scope without /.default', { client_secret: clientSecret, scope: 'User.Read' }, 400, 'invalid_scope', 1002012],
])('%s is refused in the words of Entra', async (_, form, status, error, code) => {
  const reply = await ask(form);
  expect(reply.status).toBe(status);
  expect(reply.json).toMatchObject({ error, error_codes: [code], timestamp: '2026-01-15 12:00:00Z' });
  expect(at(reply.json, 'error_description')).toMatch(
    new RegExp(`^AADSTS${code}: .+ Trace ID: \\S{36} Correlation ID: \\S{36} Timestamp: 2026-01-15 12:00:00Z$`),
  );
});

test('a failure has the form of Entra', async () => {
  simulator.world.faults.set('entra.token', { status: 503 });
  const reply = await ask({ client_secret: clientSecret });
  expect(reply).toMatchObject({ status: 503, json: { error: 'temporarily_unavailable', error_codes: [90033] } });
});

test('an empty request is refused', async () => {
  const reply = await simulator.ask(`${tenantUrl}/oauth2/v2.0/token`, { method: 'POST' });
  expect(reply).toMatchObject({ status: 400, json: { error: 'invalid_request', error_codes: [90014] } });
});

test('an unknown tenant is refused at both endpoints', async () => {
  const url = `${simulator.entra.url}/common`;
  expect(await ask({ client_secret: clientSecret }, url)).toMatchObject({
    status: 400,
    json: { error_codes: [90002] },
  });
  const metadata = await simulator.ask(`${url}/v2.0/.well-known/openid-configuration`);
  expect(metadata).toMatchObject({ status: 400, json: { error_codes: [90002] } });
});

describe('a client assertion', () => {
  const assert = (claims: Record<string, unknown> = {}, privateKey?: KeyObject) => {
    const certificate = readSigningCertificate(simulator.pem);
    const assertion = signWebToken(
      {
        aud: `${tenantUrl}/oauth2/v2.0/token`,
        iss: simulator.entra.clientId,
        sub: simulator.entra.clientId,
        exp: noon / 1000 + 600,
        ...claims,
      },
      privateKey ? { ...certificate, privateKey } : certificate,
    );
    return ask({
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
  };

  test('signed by a registered certificate earns a token', async () => {
    simulator.world.entra.certificates = [simulator.pem.ca, simulator.pem.cert];
    const { status, json } = await assert();
    expect(status).toBe(200);
    expect(tokenPart(String(at(json, 'access_token')), 'claims')).toMatchObject({ appidacr: '2' });
  });

  test('by a certificate that is not registered is refused', async () => {
    expect(await assert()).toMatchObject({ status: 401, json: { error: 'invalid_client', error_codes: [700027] } });
  });

  test('signed by another key, or of the wrong audience, subject or time, is refused', async () => {
    simulator.world.entra.certificates = [simulator.pem.cert];
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const codes = async (reply: ReturnType<typeof assert>) => at((await reply).json, 'error_codes');
    expect(await codes(assert({}, privateKey))).toEqual([700027]);
    expect(await codes(assert({ aud: 'https://login.example/token' }))).toEqual([700023]);
    expect(await codes(assert({ sub: 'other' }))).toEqual([700021]);
    expect(await codes(assert({ exp: noon / 1000 - 301 }))).toEqual([700024]);
    expect(await codes(assert({ exp: 'soon' }))).toEqual([700027]);
  });
});

const askAsCaller = (form: Record<string, string>) => {
  const { clientId: client_id, secret: client_secret } = simulator.callers.applications.advisorApp;
  const scope = `api://${simulator.callers.api.clientId}/.default`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope, ...form });
  return simulator.ask(`${tenantUrl}/oauth2/v2.0/token`, { method: 'POST', body: body.toString() });
};
const claimsOf = (token: unknown) => tokenPart(String(token), 'claims') as Record<string, unknown>;

test('a caller gets an application token of version 2.0 for our service', async () => {
  const { status, json } = await askAsCaller({});
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
    at((await askAsCaller({ scope: `${simulator.callers.api.clientId}/.default` })).json, 'access_token'),
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
  expect(await askAsCaller(form)).toMatchObject({ status, json: { error_codes: [code] } });
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

const askIdentity = (query: string, header?: string) =>
  simulator.ask(simulator.managedIdentity.endpoint + query, {
    headers: header === undefined ? {} : { 'x-identity-header': header },
  });
const storage = '?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com';

test('an app that shows its header gets a token for the resource', async () => {
  const { status, json } = await askIdentity(storage, simulator.managedIdentity.header);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    resource: 'https://storage.azure.com',
    token_type: 'Bearer',
    expires_on: String(Math.floor(noon / 1000) + 3599),
  });
  expect(tokenPart(String(at(json, 'access_token')), 'claims')).toMatchObject({
    aud: 'https://storage.azure.com',
    iss: `https://sts.windows.net/${simulator.entra.tenantId}/`,
    appid: at(json, 'client_id'),
  });
});

test('a user-assigned identity is named by its client id', async () => {
  const { json } = await askIdentity(`${storage}&client_id=an-identity`, simulator.managedIdentity.header);
  expect(json).toMatchObject({ client_id: 'an-identity' });
});

test('a failure has the form of App Service', async () => {
  simulator.world.faults.set('identity.token', { status: 500 });
  expect(await askIdentity(storage)).toMatchObject({ status: 500, json: { statusCode: 500 } });
});

test('no header, a wrong one, another version and no resource are refused', async () => {
  const { header } = simulator.managedIdentity;
  expect((await askIdentity(storage)).status).toBe(401);
  expect((await askIdentity(storage, 'wrong')).status).toBe(403);
  expect((await askIdentity(storage.replace('2019', '2017'), header)).status).toBe(400);
  expect((await askIdentity('?api-version=2019-08-01', header)).status).toBe(400);
  expect((await simulator.ask(new URL('/other', simulator.managedIdentity.endpoint).href)).status).toBe(404);
});
