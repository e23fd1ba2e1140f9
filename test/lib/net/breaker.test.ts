import { HttpTransport, type Transport } from '../../../lib/net/transport.ts';
import { Upstream } from '../../../lib/net/upstream.ts';
import { until } from '../../support/until.ts';
import { host, startTlsServer, type TlsServer } from './tlsServer.ts';
import { answerInTurn, forever, get, outcome, upstreamOf } from './upstreamOf.ts';

let server: TlsServer;

beforeEach(async () => {
  server = await startTlsServer();
});

afterEach(async () => {
  await server.stop();
});

describe('the breaker', () => {
  const lone = { attempts: 1, halfOpenAfterMs: 150 };

  /** Five outages, after which the breaker is open. */
  async function breakIt(service: Upstream): Promise<void> {
    answerInTurn(server, [503, 503, 503, 503, 503]);
    for (let call = 0; call < 5; call += 1) await service.send(get, forever);
  }

  /** Calls until the breaker lets something through; what it let through is the outcome. */
  async function untilTried(service: Upstream, signal = forever): Promise<number | string> {
    const giveUpAt = performance.now() + 5_000;
    for (;;) {
      const result = await outcome(service.send(get, signal));
      if (result !== 'unreachable' || performance.now() > giveUpAt) return result;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it.each([
    [
      '503',
      (): void => {
        answerInTurn(server, [503, 503, 503, 503, 503]);
      },
    ],
    [
      '502 and 504',
      (): void => {
        answerInTurn(server, [502, 504, 502, 504, 502]);
      },
    ],
    ['a broken connection', (): void => void (server.answer = (_, response) => response.destroy())],
    ['silence', (): void => void (server.answer = () => undefined)],
  ])('opens after five times %s in a row, and refuses in milliseconds', async (_, fail) => {
    const service = upstreamOf(server, { ...lone, halfOpenAfterMs: 60_000 }, 300);
    fail();
    for (let call = 0; call < 5; call += 1) expect(await outcome(service.send(get, forever))).not.toBe('unreachable');
    expect(server.requests).toHaveLength(5);
    const startedAt = performance.now();
    for (let call = 0; call < 100; call += 1) expect(await outcome(service.send(get, forever))).toBe('unreachable');
    expect((performance.now() - startedAt) / 100).toBeLessThan(5);
    expect(server.requests).toHaveLength(5);
  });

  it('counts every try, so that the retries of two requests open it', async () => {
    const service = upstreamOf(server, { halfOpenAfterMs: 60_000 });
    server.answer = (_, response) => response.destroy();
    expect(await outcome(service.send(get, forever))).toBe('connection');
    expect(await outcome(service.send(get, forever))).toBe('unreachable');
    expect(server.requests).toHaveLength(5);
  });

  it.each([400, 401, 403, 404, 429, 500])('does not count %i', async (status) => {
    const service = upstreamOf(server, lone);
    answerInTurn(
      server,
      Array.from({ length: 10 }, () => status),
    );
    for (let call = 0; call < 10; call += 1) expect(await outcome(service.send(get, forever))).toBe(status);
    expect(await outcome(service.send(get, forever))).toBe(200);
  });

  it('does not count calls that their callers gave up', async () => {
    const service = upstreamOf(server, lone);
    for (let call = 0; call < 6; call += 1) {
      const giveUp = new AbortController();
      server.answer = () => {
        giveUp.abort();
      };
      expect(await outcome(service.send(get, giveUp.signal))).toBe('cancelled');
    }
    answerInTurn(server, []);
    expect(await outcome(service.send(get, forever))).toBe(200);
  });

  it('starts to count anew after a success', async () => {
    const service = upstreamOf(server, lone);
    answerInTurn(server, [503, 503, 503, 503, 200, 503, 503, 503, 503]);
    for (let call = 0; call < 9; call += 1) expect(await outcome(service.send(get, forever))).not.toBe('unreachable');
    expect(await outcome(service.send(get, forever))).toBe(200);
  });

  it('lets one call through after a while, refuses the others meanwhile, and recovers with it', async () => {
    const service = upstreamOf(server, lone);
    await breakIt(service);
    let finishTrial = (): void => undefined;
    const arrived = new Promise<void>((trial) => {
      server.answer = (_, response) => {
        finishTrial = () => void response.end();
        trial();
      };
    });
    const trial = untilTried(service);
    await arrived;
    const others = await Promise.all(
      Array.from({ length: 10 }, () => outcome(service.send(get, new AbortController().signal))),
    );
    expect(new Set(others)).toEqual(new Set(['unreachable']));
    finishTrial();
    expect(await trial).toBe(200);
    expect(server.requests).toHaveLength(6);
    answerInTurn(server, []);
    expect(await Promise.all([1, 2, 3].map(() => outcome(service.send(get, forever))))).toEqual([200, 200, 200]);
  });

  it('closes again at once when the trial fails', async () => {
    const service = upstreamOf(server, lone);
    await breakIt(service);
    answerInTurn(server, [503]);
    expect(await untilTried(service)).toBe(503);
    expect(await outcome(service.send(get, forever))).toBe('unreachable');
    expect(await untilTried(service)).toBe(200);
  });

  it('is not closed by a trial that its caller gave up', async () => {
    const service = upstreamOf(server, lone);
    await breakIt(service);
    const giveUp = new AbortController();
    const hungUp = new Promise((resolve) => {
      server.answer = (request) => {
        request.socket.once('close', resolve);
        giveUp.abort();
      };
    });
    expect(await untilTried(service, giveUp.signal)).toBe('cancelled');
    await hungUp;
    expect(await outcome(service.send(get, forever))).toBe('unreachable');
  });

  it('does not let a request queue up behind the trial when it comes back from its pause', async () => {
    const transport = new HttpTransport({ connectTo: server.connectTo, callTimeoutMs: 2_000 }).send;
    let answered = 0;
    const counting: Transport = (request, signal) => transport(request, signal).finally(() => (answered += 1));
    const service = new Upstream({ transport: counting, attempts: 2, breakAfter: 1, halfOpenAfterMs: 50 });
    answerInTurn(server, [503], { 'retry-after': '1' });
    const paused = outcome(service.send(get, forever));
    await until(() => answered === 1);
    server.answer = () => undefined;
    const trial = untilTried(service);
    expect(await Promise.race([paused, trial.then(() => 'the trial was over before')])).toBe('unreachable');
    expect(server.requests).toHaveLength(2);
    await trial;
  });

  it('is one for each host', async () => {
    const service = upstreamOf(server, { ...lone, halfOpenAfterMs: 60_000 });
    await breakIt(service);
    expect(await outcome(service.send(get, forever))).toBe('unreachable');
    const elsewhere = { method: 'GET', url: new URL('https://ring0.resources.lync.example/') } as const;
    expect(await outcome(service.send(elsewhere, forever))).toBe(200);
  });

  it('is closed again for a host that has fallen out of memory behind five hundred others', async () => {
    const transport: Transport = () => Promise.resolve({ status: 503, headers: {}, body: '' });
    const service = new Upstream({ transport, attempts: 1, breakAfter: 1, halfOpenAfterMs: 60_000 });
    const call = (name: string) =>
      outcome(service.send({ method: 'GET', url: new URL(`https://${name}.example/`) }, new AbortController().signal));
    expect(await call('first')).toBe(503);
    expect(await call('first')).toBe('unreachable');
    for (let other = 0; other < 500; other += 1) await call(`pool${other}`);
    expect(await call('first')).toBe(503);
    expect(await call('pool499')).toBe('unreachable');
  });

  it('does not stand in the way of a probe, which is sent once', async () => {
    const service = upstreamOf(server, { ...lone, attempts: 3, breakAfter: 1, halfOpenAfterMs: 60_000 });
    answerInTurn(server, [502, 503]);
    expect(await outcome(service.send(get, forever))).toBe(502);
    expect(await outcome(service.send(get, forever))).toBe('unreachable');
    expect(await outcome(service.probe(get, forever))).toBe(503);
    expect(await outcome(service.probe(get, forever))).toBe(200);
    expect(server.requests.at(-1)?.headers.host).toBe(host);
  });
});
