import { Agent as PlainAgent, get as plainGet } from 'node:http';
import { Agent as SecureAgent, get as secureGet } from 'node:https';
import { connect } from 'node:net';
import { startTestSimulator, type TestSimulator } from '../setUp.ts';

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

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
