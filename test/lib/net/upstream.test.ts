import { startTlsServer, url, type TlsServer } from './tlsServer.ts';
import { answerInTurn, forever, get, outcome, upstreamOf } from './upstreamOf.ts';

let server: TlsServer;

beforeEach(async () => {
  server = await startTlsServer();
});

afterEach(async () => {
  await server.stop();
});

describe('retries', () => {
  it.each([429, 503])('repeat a request that was answered with %i', async (status) => {
    answerInTurn(server, [status, status]);
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe(200);
    expect(server.requests).toHaveLength(3);
  });

  it('repeat a request whose connection broke, with its body', async () => {
    const bodies: string[] = [];
    server.answer = (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => (bodies.length === 1 ? response.destroy() : response.end()));
    };
    expect(await outcome(upstreamOf(server).send({ method: 'POST', url, body: '{}' }, forever))).toBe(200);
    expect(bodies).toEqual(['{}', '{}']);
  });

  it('end after three tries with the last answer, or the last failure', async () => {
    answerInTurn(server, [503, 503, 503]);
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe(503);
    expect(server.requests).toHaveLength(3);
    server.answer = (_, response) => response.destroy();
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe('connection');
    expect(server.requests).toHaveLength(6);
  });

  it.each([200, 201, 204, 307, 400, 401, 403, 404, 408, 409, 410, 500, 502, 504])('leave %i alone', async (status) => {
    answerInTurn(server, [status]);
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  it('leave a call alone that took too long or came back too large', async () => {
    server.answer = () => undefined;
    expect(await outcome(upstreamOf(server, {}, 50).send(get, forever))).toBe('timeout');
    server.answer = (_, response) => response.end('x'.repeat(65 * 1024));
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe('too-large');
    expect(server.requests).toHaveLength(2);
  });

  it('wait for as long as Retry-After says, in seconds', async () => {
    answerInTurn(server, [429], { 'retry-after': '1' });
    const startedAt = performance.now();
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('wait for as long as Retry-After says, as a date', async () => {
    // Dates have whole seconds, so this one is between one and two seconds ahead.
    const until = Math.floor(Date.now() / 1_000) * 1_000 + 2_000;
    answerInTurn(server, [503], { 'retry-after': new Date(until).toUTCString() });
    expect(await outcome(upstreamOf(server).send(get, forever))).toBe(200);
    expect(Date.now()).toBeGreaterThanOrEqual(until - 10);
  });

  it.each(['3', new Date(Date.now() + 60_000).toUTCString()])(
    'leave a Retry-After of %s to the caller',
    async (after) => {
      answerInTurn(server, [429], { 'retry-after': after });
      expect(await outcome(upstreamOf(server, { longestWaitMs: 2_000 }).send(get, forever))).toBe(429);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('end in the pause between two tries when the caller gives up', async () => {
    const giveUp = new AbortController();
    server.answer = (_, response) => response.writeHead(503, { 'retry-after': '2' }).end();
    const startedAt = performance.now();
    const work = outcome(upstreamOf(server).send(get, giveUp.signal));
    setTimeout(() => {
      giveUp.abort();
    }, 100);
    expect(await work).toBe('cancelled');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
