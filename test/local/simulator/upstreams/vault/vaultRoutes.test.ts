import { at, noon, startTestSimulator, type TestSimulator } from '../../setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const get = async (path: string, audience = 'https://vault.azure.net') =>
  simulator.ask(`${simulator.vault.url}${path}`, {
    headers: { authorization: `Bearer ${await simulator.entraToken(audience)}` },
  });

test('a request without a token gets a challenge that says where to get one', async () => {
  const { status, headers, json } = await simulator.ask(`${simulator.vault.url}/secrets/keys?api-version=2025-07-01`);
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toBe(
    `Bearer authorization="${simulator.entra.url}/${simulator.entra.tenantId}", resource="https://vault.azure.net"`,
  );
  expect(json).toMatchObject({ error: { code: 'Unauthorized' } });
});

test('so is one with a token for another audience, or with none of ours', async () => {
  const { status, json } = await get('/secrets/keys?api-version=7.4', 'https://api.skype.example');
  expect(status).toBe(401);
  expect(at(json, 'error', 'message')).toMatch(/AKV10022/);
  const forged = await simulator.ask(`${simulator.vault.url}/secrets/keys?api-version=7.4`, {
    headers: { authorization: 'Bearer forged' },
  });
  expect(forged.status).toBe(401);
});

test('the current version is given, with what is known of it', async () => {
  const { secrets } = simulator.world;
  secrets.set('Client-Certificate', 'old');
  const { version } = secrets.set('Client-Certificate', 'PEM', {
    contentType: 'application/x-pem-file',
    expiresAt: new Date(noon + 86_400_000),
  });
  const { status, json } = await get('/secrets/client-certificate/?api-version=7.4');
  expect(status).toBe(200);
  expect(json).toEqual({
    value: 'PEM',
    contentType: 'application/x-pem-file',
    id: `${simulator.vault.url}/secrets/Client-Certificate/${version}`,
    attributes: {
      enabled: true,
      exp: Math.floor(noon / 1000) + 86_400,
      created: Math.floor(noon / 1000),
      updated: Math.floor(noon / 1000),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
  });
});

test('an older version is given by its name', async () => {
  const { version } = simulator.world.secrets.set('keys', 'old');
  simulator.world.secrets.set('keys', 'new');
  expect((await get(`/secrets/keys/${version}?api-version=7.4`)).json).toMatchObject({ value: 'old' });
  expect((await get('/secrets/keys?api-version=7.4')).json).toMatchObject({ value: 'new' });
});

test('a missing, a removed and a disabled secret, a call without version, another path', async () => {
  const { secrets } = simulator.world;
  const missing = { status: 404, json: { error: { code: 'SecretNotFound' } } };
  expect(await get('/secrets/keys?api-version=7.4')).toMatchObject(missing);
  secrets.set('keys', 'value');
  expect(await get('/secrets/keys')).toMatchObject({ status: 400, json: { error: { code: 'BadParameter' } } });
  secrets.set('keys', 'value', { enabled: false });
  expect(await get('/secrets/keys?api-version=7.4')).toMatchObject({
    status: 403,
    json: { error: { code: 'Forbidden', innererror: { code: 'SecretDisabled' } } },
  });
  secrets.remove('KEYS');
  expect(await get('/secrets/keys?api-version=7.4')).toMatchObject(missing);
  expect((await get('/keys/some?api-version=7.4')).status).toBe(404);
});
