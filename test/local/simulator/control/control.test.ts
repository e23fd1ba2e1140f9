import { at, startTestSimulator, type TestSimulator } from '../setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const control = (method: string, path: string, body?: unknown, token = simulator.control.token) =>
  simulator.ask(`${simulator.control.url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, body });

test('nobody without the token controls anything', async () => {
  expect((await control('POST', '/reset', {}, 'wrong')).status).toBe(401);
  expect(await simulator.ask(`${simulator.control.url}/state`)).toMatchObject({ status: 401 });
});

test('the state shows behaviour, faults, services and counts, and no secret', async () => {
  simulator.world.faults.set('platform.tokens', { status: 429 });
  await simulator.ask(simulator.platform.discoverUrl);
  const { status, json } = await control('GET', '/state');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    platform: { namespace: 'service:', redirect: 'none' },
    faults: { 'platform.tokens': { status: 429 } },
    servicesDown: [],
    counts: { 'platform.discover': 1, 'vault.secret': 0 },
  });
  expect(at(json, 'platform')).not.toHaveProperty('issued');
});

test('the behaviour is changed in part', async () => {
  const { platform } = simulator.world;
  const reply = await control('PATCH', '/platform', { redirect: 'pool', discoverLink: 'nowhere' });
  expect(reply).toMatchObject({ status: 200, json: { redirect: 'pool', namespace: 'service:' } });
  expect(platform).toMatchObject({ redirect: 'pool', discoverLink: 'nowhere', bom: false });
  await control('PATCH', '/platform', { discoverLink: null });
  expect(platform.discoverLink).toBeUndefined();
});

test('the servers on premises are changed in part, each deployment by itself', async () => {
  const { onPremises } = simulator.world;
  const reply = await control('PATCH', '/on-premises/contoso.example', {
    challenge: 'merged',
    tokenLifetimeSeconds: 60,
  });
  expect(reply).toMatchObject({ status: 200, json: { challenge: 'merged', version: '2.0' } });
  expect(reply.json).not.toHaveProperty('accounts');
  expect(onPremises.behaviour).toMatchObject({
    'contoso.example': { challenge: 'merged', tokenLifetimeSeconds: 60, accounts: { johndoe: 'A3ddj3w' } },
    'litware.example': { challenge: 'unquoted', tokenLifetimeSeconds: 3600 },
  });
  expect((await control('GET', '/state')).json).toMatchObject({
    onPremises: { 'contoso.example': { challenge: 'merged' } },
  });
  await simulator.world.reset();
  expect(onPremises.behaviour['contoso.example'].challenge).toBe('two-lines');
});

test('the meetings on premises are replaced, and come back with a reset', async () => {
  const url = 'https://meet.contoso.example/a/B';
  const meeting = { url, conferenceUri: 'sip:a@contoso.example;gruu;opaque=app:conf:focus:id:B', conferenceKey: 'C' };
  expect((await control('PUT', '/on-premises/meetings', [meeting])).status).toBe(204);
  expect(simulator.world.onPremises.meetings).toEqual([{ ...meeting, page: 'conf-info', home: 'here' }]);
  await simulator.world.reset();
  expect(simulator.world.onPremises.meetings).toHaveLength(6);
});

test('faults are set and cleared, services taken down and brought up', async () => {
  const { faults } = simulator.world;
  expect((await control('PUT', '/faults/vault.secret', { status: 503, times: 3 })).status).toBe(204);
  expect(faults.active).toEqual({ 'vault.secret': { status: 503, times: 3 } });
  expect((await control('DELETE', '/faults/vault.secret')).status).toBe(204);
  expect(faults.active).toEqual({});

  expect((await control('PUT', '/services/vault', { down: true })).status).toBe(204);
  await expect(simulator.ask(simulator.vault.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await control('PUT', '/services/vault', { down: false });
  expect((await simulator.ask(simulator.vault.url)).status).toBe(404);
});

test('secrets are set and removed', async () => {
  const { secrets } = simulator.world;
  await control('PUT', '/secrets/guest-keys', {
    value: 'v',
    expiresAt: '2027-01-01T00:00:00Z',
    contentType: 'text/plain',
  });
  expect(secrets.find('guest-keys')).toMatchObject({ value: 'v', expiresAt: new Date('2027-01-01T00:00:00Z') });
  await control('DELETE', '/secrets/guest-keys');
  expect(secrets.find('guest-keys')).toBeUndefined();
});

test('Entra is given secrets and certificates, and revokes', async () => {
  const { entra } = simulator.world;
  const token = await simulator.entraToken();
  const certificates = [simulator.pem.cert];
  await control('PUT', '/entra', { acceptedSecrets: ['next'], certificates, revokeIssuedTokens: true });
  expect(entra).toMatchObject({ acceptedSecrets: ['next'], certificates, tokenLifetimeSeconds: 3599 });
  const headers = { authorization: `Bearer ${token}` };
  expect((await simulator.ask(simulator.platform.discoverUrl, { headers })).status).toBe(401);
});

test('calls and alerts are read, calls forgotten, everything reset', async () => {
  await simulator.ask('https://hooks.example/alerts', { method: 'POST', body: { verdict: 'fail' } });
  expect((await control('GET', '/calls')).json).toMatchObject([{ operation: 'hooks', status: 202 }]);
  expect((await control('GET', '/alerts')).json).toMatchObject([{ body: { verdict: 'fail' } }]);
  await control('DELETE', '/calls');
  expect(simulator.world.calls).toEqual([]);

  simulator.world.platform.bom = true;
  expect((await control('POST', '/reset')).status).toBe(204);
  expect(simulator.world).toMatchObject({ alerts: [], platform: { bom: false } });
});

test.each([
  ['PATCH', '/platform', { redirect: 'elsewhere' }, /^The request is not valid: redirect: .+\.$/],
  ['PATCH', '/platform', { unheard: 1 }, /unheard/],
  ['PATCH', '/platform', 'no json', /^The request is not valid: .+\.$/],
  ['PATCH', '/on-premises/contoso.example', { challenge: 'loud' }, /challenge/],
  ['PATCH', '/on-premises/fabrikam.example', {}, /litware\.example/],
  ['PUT', '/on-premises/meetings', [{ url: 'https://meet.contoso.example/a/B' }], /0\.conferenceUri/],
  ['PUT', '/faults/platform.lunch', { status: 503 }, /platform\.tokens/],
  ['PUT', '/faults/hooks', { share: 2 }, /share/],
  ['PUT', '/services/moon', { down: true }, /vault/],
  ['PUT', '/services/vault', { down: 'yes' }, /down/],
  ['PUT', '/secrets/under_score', { value: 'v' }, /letters, digits and dashes/],
  ['PUT', '/secrets/name', { value: 'v', expiresAt: 'tomorrow' }, /expiresAt/],
  ['PUT', '/entra', { certificates: ['none'] }, /certificates\.0: not a certificate/],
])('%s %s with %j is refused in a sentence', async (method, path, body, sentence) => {
  const { status, json } = await control(method, path, body);
  expect(status).toBe(400);
  expect(at(json, 'error')).toMatch(sentence);
});

test('other paths and methods do not exist', async () => {
  expect((await control('GET', '/other')).status).toBe(404);
  expect((await control('POST', '/state')).status).toBe(405);
});
