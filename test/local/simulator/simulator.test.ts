import { generateKeyPairSync } from 'node:crypto';
import { startSimulator } from '../../../local/simulator/simulator.ts';
import { clientSecret, startTestSimulator, type TestSimulator } from './setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

test('a reset brings back the start: seed and usual behaviour, nothing recorded, tokens as good as before', async () => {
  const { world } = simulator;
  const token = await simulator.entraToken();
  world.entra.acceptedSecrets = [];
  world.secrets.set('guest-keys', 'value');
  Object.assign(world.platform, { redirect: 'loop', discoverLink: 'nowhere' });
  world.faults.set('platform.discover', { never: true });

  await world.reset();
  expect(world.entra.acceptedSecrets).toEqual([clientSecret]);
  expect(world.secrets.find('guest-keys')).toBeUndefined();
  expect(world).toMatchObject({ calls: [], platform: { redirect: 'none', discoverLink: undefined, issued: [] } });
  const headers = { authorization: `Bearer ${token}` };
  expect((await simulator.ask(simulator.platform.discoverUrl, { headers })).status).toBe(200);
});

test('the meeting hosts on premises are listed with their SIP domains', () => {
  expect(simulator.onPremises).toEqual({
    meetingHosts: { 'meet.contoso.example': 'contoso.example', 'meet.litware.example': 'litware.example' },
    hosts: ['contoso.example', 'litware.example'],
  });
});

test('a port that is taken fails the start, and closes what was open already', async () => {
  const port = simulator.platform.port;
  await expect(startSimulator({ tls: simulator.pem, ports: { control: port } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('a key that cannot sign tokens is refused', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await expect(startSimulator({ tls: { ...simulator.pem, key } })).rejects.toThrow(/RSA/);
});

test('a simulator that has stopped has closed its ports', async () => {
  const other = await startSimulator({ tls: simulator.pem, controlToken: 'chosen' });
  const ask = () => simulator.ask(`${other.control.url}/state`, { headers: { authorization: 'Bearer chosen' } });
  expect((await ask()).status).toBe(200);
  await other.stop();
  await other.stop();
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
