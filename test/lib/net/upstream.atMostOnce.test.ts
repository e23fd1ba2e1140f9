import type { Upstream, UpstreamOptions } from '../../../lib/net/upstream.ts';
import { startTlsServer, url, type TlsServer } from './tlsServer.ts';
import { answerInTurn, forever, get, outcome, upstreamOf } from './upstreamOf.ts';

let server: TlsServer;

beforeEach(async () => {
  server = await startTlsServer();
});

afterEach(async () => {
  await server.stop();
});

const post = { method: 'POST', url, body: '{}' } as const;
const lasting = { halfOpenAfterMs: 60_000 };
const sendOnce = (upstream: Upstream, signal = forever): Promise<number | string> =>
  outcome(upstream.sendAtMostOnce(post, signal));

describe('a request that must not be carried out twice', () => {
  it('is repeated after 429, with its body, for three tries in all', async () => {
    const bodies: string[] = [];
    let refusals = 2;
    server.answer = (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => response.writeHead(refusals-- > 0 ? 429 : 200).end());
    };
    expect(await sendOnce(upstreamOf(server))).toBe(200);
    expect(bodies).toEqual(['{}', '{}', '{}']);
    answerInTurn(server, [429, 429, 429]);
    expect(await sendOnce(upstreamOf(server))).toBe(429);
    expect(server.requests).toHaveLength(6);
  });

  it('waits for as long as Retry-After says, and leaves a long one to the caller', async () => {
    answerInTurn(server, [429], { 'retry-after': '1' });
    const startedAt = performance.now();
    expect(await sendOnce(upstreamOf(server))).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
    answerInTurn(server, [429], { 'retry-after': '3' });
    expect(await sendOnce(upstreamOf(server, { longestWaitMs: 2_000 }))).toBe(429);
    expect(server.requests).toHaveLength(3);
  });

  it.each([200, 201, 307, 400, 401, 403, 404, 408, 409, 410, 500, 502, 503, 504])(
    'is sent once when it is answered with %i',
    async (status) => {
      answerInTurn(server, [status]);
      expect(await sendOnce(upstreamOf(server))).toBe(status);
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each<[string, (server: TlsServer) => void]>([
    ['connection', (broken) => (broken.answer = (_, response) => response.destroy())],
    ['connection', (broken) => (broken.answer = (_, response) => response.write('{', () => response.destroy()))],
    ['timeout', (broken) => (broken.answer = () => undefined)],
    ['too-large', (broken) => (broken.answer = (_, response) => response.end('x'.repeat(65 * 1024)))],
  ])('is sent once when it ends in "%s": it may have been carried out', async (code, breakIt) => {
    breakIt(server);
    expect(await sendOnce(upstreamOf(server, {}, 1_000))).toBe(code);
    expect(server.requests).toHaveLength(1);
  });

  it('is not sent again when what follows a 429 breaks off', async () => {
    let answered = 0;
    server.answer = (_, response) => (answered++ === 0 ? response.writeHead(429).end() : response.destroy());
    expect(await sendOnce(upstreamOf(server))).toBe('connection');
    expect(server.requests).toHaveLength(2);
  });

  it('is not sent again when its caller gives up in the pause', async () => {
    const giveUp = new AbortController();
    const upstream = upstreamOf(server, { initialDelayMs: 200 });
    server.answer = (_, response) => {
      response.writeHead(429).end(() => {
        giveUp.abort();
      });
    };
    expect(await sendOnce(upstream, giveUp.signal)).toBe('cancelled');
    // Another request, whose pause ends after that one's would have.
    answerInTurn(server, [429], { 'retry-after': '1' });
    expect(await sendOnce(upstream)).toBe(200);
    expect(server.requests).toHaveLength(3);
  });
});

describe('the breaker', () => {
  const outages = (upstream: Upstream, count: number): Promise<(number | string)[]> =>
    Promise.all(Array.from({ length: count }, () => sendOnce(upstream)));
  const broken = (options: Partial<UpstreamOptions>): Upstream => {
    server.answer = (_, response) => response.writeHead(503).end();
    return upstreamOf(server, { ...lasting, attempts: 1, ...options });
  };

  it('is opened by such requests too, for those that may be repeated as well', async () => {
    const upstream = broken({});
    expect(await outages(upstream, 5)).toEqual([503, 503, 503, 503, 503]);
    expect(await outcome(upstream.send(get, forever))).toBe('unreachable');
    expect(server.requests).toHaveLength(5);
  });

  it('once open refuses them before anything is sent', async () => {
    const upstream = broken({ breakAfter: 1 });
    expect(await outcome(upstream.send(get, forever))).toBe(503);
    expect(await sendOnce(upstream)).toBe('unreachable');
    expect(server.requests).toHaveLength(1);
  });
});
