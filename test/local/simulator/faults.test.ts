import { connect } from 'node:net';
import type { Fault } from '../../../local/simulator/faults.ts';
import { startTestSimulator, type Reply, type TestSimulator } from './setUp.ts';

const discoverUrl = 'https://api.skype.example/platformservice/discover';

let simulator: TestSimulator;
const discover = () => simulator.ask(discoverUrl);
const breakDiscover = (fault: Fault) => {
  simulator.world.faults.set('platform.discover', fault);
};
const statuses = async (count: number) => {
  const seen: number[] = [];
  while (seen.length < count) seen.push((await discover()).status);
  return seen;
};

beforeAll(async () => {
  simulator = await startTestSimulator({
    seed: ({ platform }) => {
      platform.requireAuthOnDiscover = false;
    },
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe('a fault', () => {
  test("answers another status, in words of its own or in the service's", async () => {
    breakDiscover({ status: 503, headers: { 'Retry-After': '7' } });
    const unavailable = await discover();
    expect(unavailable).toMatchObject({ status: 503, json: { code: 'ServiceUnavailable' } });
    expect(unavailable.headers['retry-after']).toBe('7');

    breakDiscover({ status: 401 });
    expect((await discover()).headers['www-authenticate']).toMatch(/MsRtcOAuth/);

    breakDiscover({ status: 502, body: '' });
    expect(await discover()).toMatchObject({ status: 502, text: '' });

    breakDiscover({ status: 500, body: '<p>proxy</p>', contentType: 'text/html' });
    const page = await discover();
    expect(page).toMatchObject({ status: 500, text: '<p>proxy</p>' });
    expect(page.headers['content-type']).toBe('text/html');
  });

  test('can change headers and type of the real answer', async () => {
    breakDiscover({ headers: { 'cache-control': 'max-age=60' }, contentType: 'text/plain' });
    const { status, headers, json } = await discover();
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'max-age=60', 'content-type': 'text/plain' });
    expect(json).toHaveProperty('rel');
  });

  test('lifts by itself after so many times', async () => {
    breakDiscover({ status: 503, times: 2 });
    expect(simulator.world.faults.active).toEqual({ 'platform.discover': { status: 503, times: 2 } });
    expect(await statuses(3)).toEqual([503, 503, 200]);
    expect(simulator.world.faults.active).toEqual({});
  });

  test('befalls an even share of the calls, the same ones each time', async () => {
    breakDiscover({ status: 503, share: 0.5 });
    expect(await statuses(4)).toEqual([200, 503, 200, 503]);
    breakDiscover({ status: 503, share: 0.25, times: 1 });
    expect(await statuses(8)).toEqual([200, 200, 200, 503, 200, 200, 200, 200]);
    breakDiscover({ status: 503, share: 0 });
    expect(await statuses(2)).toEqual([200, 200]);
  });

  test('stays on its operation, until it is cleared', async () => {
    breakDiscover({ status: 503 });
    simulator.world.faults.set('hooks', { status: 500 });
    const post = () => simulator.ask('https://hooks.example/alerts', { method: 'POST', body: {} });
    expect((await post()).status).toBe(500);
    simulator.world.faults.clear('hooks');
    expect((await post()).status).toBe(202);
    expect(await statuses(1)).toEqual([503]);
    simulator.world.faults.clear();
    expect(await statuses(1)).toEqual([200]);
  });

  test('delays the answer', async () => {
    breakDiscover({ delayMs: 60 });
    const begun = performance.now();
    expect((await discover()).status).toBe(200);
    // Timers may fire up to a millisecond early.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(59);
  });

  test('cuts the connection before the answer', async () => {
    breakDiscover({ cut: 'before-answer' });
    await expect(discover()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.world.calls).toMatchObject([{ operation: 'platform.discover', status: 0 }]);
  });

  test('cuts the connection in the middle of the body', async () => {
    breakDiscover({ cut: 'mid-body' });
    await expect(discover()).rejects.toMatchObject({ code: 'ECONNRESET', message: 'aborted' });
    expect(simulator.world.calls).toMatchObject([{ status: 200 }]);
  });

  test('leaves out the second half of the JSON', async () => {
    const whole = (await discover()).text;
    breakDiscover({ malformed: true });
    const { status, text, json } = await discover();
    expect(status).toBe(200);
    expect(text).toBe(whole.slice(0, whole.length / 2));
    expect(json).toBeUndefined();
  });

  test('makes the answer too long without announcing it', async () => {
    breakDiscover({ oversize: true });
    const { text, json, headers } = await discover();
    expect(text.length).toBeGreaterThan(65_536);
    expect(headers['content-length']).toBeUndefined();
    expect(json).toHaveProperty('rel');
  });

  test('never answers: the call is seen at once, and ends with the service', async () => {
    breakDiscover({ never: true });
    const hanging = discover().catch((error: unknown) => error);
    await arrived();
    expect(simulator.world.calls).toMatchObject([{ operation: 'platform.discover', status: 0 }]);
    await simulator.world.faults.down('platform', true);
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a client that gives up during a delay leaves nothing behind', async () => {
    breakDiscover({ delayMs: 600_000 });
    const gone = discover().catch((error: unknown) => error);
    await arrived();
    await simulator.world.faults.down('platform', true);
    expect(await gone).toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.world.calls).toMatchObject([{ status: 0 }]);
  });

  async function arrived(): Promise<void> {
    while (simulator.world.calls.length === 0) await new Promise(setImmediate);
  }
});

describe('a service that is down', () => {
  const asks: [Parameters<TestSimulator['world']['faults']['down']>[0], () => Promise<Reply>][] = [
    ['platform', discover],
    ['entra', () => simulator.ask(simulator.entra.url)],
    ['vault', () => simulator.ask(simulator.vault.url)],
    ['identity', () => simulator.ask(simulator.managedIdentity.endpoint)],
  ];

  test.each(asks)('%s refuses connections, and comes back on its port', async (service, ask) => {
    const { faults } = simulator.world;
    const { status } = await ask();
    await faults.down(service, true);
    await faults.down(service, true);
    expect(faults.servicesDown).toEqual([service]);
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await faults.down(service, false);
    expect(faults.servicesDown).toEqual([]);
    expect((await ask()).status).toBe(status);
  });

  test('comes back with a reset, in which the seed is sown again', async () => {
    simulator.world.platform.requireAuthOnDiscover = true;
    await simulator.world.faults.down('platform', true);
    await simulator.world.reset();
    expect((await discover()).status).toBe(200);
  });

  test('lets go of connections that have not finished their TLS handshake', async () => {
    const socket = connect(simulator.platform.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    await discover();
    await simulator.world.faults.down('platform', true);
    await closed;
  });
});
