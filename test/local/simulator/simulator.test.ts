import { generateKeyPairSync } from 'node:crypto';
import { Agent as PlainAgent, get as plainGet } from 'node:http';
import { Agent as SecureAgent, get as secureGet } from 'node:https';
import { connect } from 'node:net';
import { remember } from '../../../local/simulator/calls.ts';
import { startSimulator } from '../../../local/simulator/simulator.ts';
import { clientSecret, startTestSimulator, type TestSimulator, noon } from './setUp.ts';

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

test('every request is recorded with what it asked, how it was answered and whether it carried a credential', async () => {
  const discoverUrl = 'https://api.skype.example/platformservice/discover?Region=northamerica';
  await simulator.ask(discoverUrl, { headers: { 'client-request-id': 'job-1' } });
  await simulator.askPlatform(discoverUrl);
  expect(simulator.world.calls).toEqual([
    {
      service: 'platform',
      operation: 'platform.discover',
      scheme: 'https',
      method: 'GET',
      host: 'api.skype.example',
      path: '/platformservice/discover',
      query: '?Region=northamerica',
      status: 401,
      at: noon,
      authorized: false,
      requestId: 'job-1',
    },
    expect.objectContaining({ service: 'entra', operation: 'entra.token', method: 'POST', host: 'localhost' }),
    expect.objectContaining({ operation: 'platform.discover', status: 200, authorized: true }),
  ]);
  expect(simulator.world.counts()).toMatchObject({
    'platform.discover': 2,
    'entra.token': 1,
    'vault.secret': 0,
    unknown: 0,
  });
});

test('a credential that goes to a foreign host is seen', async () => {
  const reply = await simulator.askPlatform('https://evil-lync.example/platformservice/v1/applications');
  expect(reply.json).toEqual({});
  expect(
    simulator.world.calls.filter(({ host, authorized }) => host === 'evil-lync.example' && authorized),
  ).toHaveLength(1);
});

test('the record forgets its oldest entries beyond 10,000', () => {
  const record: number[] = [];
  for (let entry = 1; entry <= 10_001; entry += 1) remember(record, entry);
  expect(record).toHaveLength(10_000);
  expect(record[0]).toBe(2);
});

test('alerts are taken on any path of the hooks host, as JSON only', async () => {
  const post = (body: unknown) => simulator.ask('https://hooks.example/any/path?x=1', { method: 'POST', body });
  expect((await post({ status: 'fail' })).status).toBe(202);
  expect((await post('not json')).status).toBe(400);
  expect((await simulator.ask('https://hooks.example/any/path')).status).toBe(405);
  expect(simulator.world.alerts).toEqual([{ path: '/any/path', at: noon, body: { status: 'fail' } }]);
});

const host = 'lyncdiscover.contoso.example';
const agents = [
  { scheme: 'http', get: plainGet, agent: new PlainAgent({ keepAlive: true, maxSockets: 1 }) },
  { scheme: 'https', get: secureGet, agent: new SecureAgent({ keepAlive: true, maxSockets: 1 }) },
] as const;

describe.each(agents)('the platform port over $scheme', ({ scheme, get, agent }) => {
  const ask = () =>
    new Promise<{ status: number | undefined; localPort: number | undefined }>((resolve, reject) => {
      const target = { host: '127.0.0.1', port: simulator.platform.port, headers: { host }, agent };
      get({ ...target, ...(scheme === 'https' && { servername: host, ca: simulator.pem.ca }) }, (response) => {
        const { statusCode: status, socket } = response;
        const { localPort } = socket;
        response.resume().once('end', () => {
          resolve({ status, localPort });
        });
      }).on('error', reject);
    });

  afterAll(() => {
    agent.destroy();
  });

  test('answers over the protocol that was spoken', async () => {
    expect((await ask()).status).toBe(200);
    expect(simulator.world.calls).toMatchObject([{ scheme, host, operation: 'ucwa.root' }]);
  });

  test('keeps a connection for the next request', async () => {
    const ports = new Set<number | undefined>();
    for (let asked = 0; asked < 3; asked += 1) ports.add((await ask()).localPort);
    expect(ports.size).toBe(1);
  });

  test('lets go of kept connections when it goes down, and comes back', async () => {
    await ask();
    await simulator.world.faults.down('platform', true);
    await expect(ask()).rejects.toMatchObject({ code: expect.stringMatching(/^ECONN/) as string });
    await simulator.world.faults.down('platform', false);
    expect((await ask()).status).toBe(200);
  });
});

test.each([
  ['that says nothing', (socket: ReturnType<typeof connect>) => socket.end()],
  ['that resets', (socket: ReturnType<typeof connect>) => socket.resetAndDestroy()],
  ['that speaks neither', (socket: ReturnType<typeof connect>) => socket.end('\u0000\u0000')],
])('a connection %s harms nobody', async (_, leave) => {
  const socket = connect(simulator.platform.port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  leave(socket);
  await closed;
  expect((await simulator.ask(`https://${host}/`)).status).toBe(200);
});

test('a request whose first byte comes alone is served', async () => {
  const socket = connect(simulator.platform.port, '127.0.0.1').setNoDelay();
  const answer = new Promise<string>((resolve) => {
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
    });
  });
  socket.write('G', () => {
    setImmediate(() => socket.write(`ET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
  });
  expect(await answer).toMatch(/^HTTP\/1\.1 200 OK/);
});
