import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readSigningCertificate, signWebToken } from '../../../../../local/simulator/webToken.ts';
import { at, clientSecret, noon, startTestSimulator, tokenPart, type TestSimulator } from '../../setUp.ts';

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
