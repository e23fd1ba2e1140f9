import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { parseHostRule, type HostRule } from '../../../lib/hostRules.ts';
import {
  parseWebhookUrl,
  postToWebhook,
  type WebhookOutlet,
  type WebhookOutletOptions,
} from '../../../lib/net/webhookOutlet.ts';
import { makeCertificates } from '../../../local/certificates.ts';
import { until } from '../../support/until.ts';
import { startTlsServer, type TlsServer } from './tlsServer.ts';

const host = 'hooks.example';
const url = new URL(`https://${host}/workflows/1?sig=s`);
const body = { event: 'discovery-health-changed' };

let server: TlsServer;

beforeEach(async () => {
  server = await startTlsServer();
});

afterEach(async () => {
  await server.stop();
});

const outletWith =
  (options: WebhookOutletOptions): WebhookOutlet =>
  (to, sent) =>
    postToWebhook(to, sent, options);
const outlet = (timeoutMs?: number) =>
  outletWith({ connectTo: server.connectTo, ...(timeoutMs !== undefined && { timeoutMs }) });

/** What the outlet makes of a post, and how long that took. */
async function timed(post: Promise<string>): Promise<[string, number]> {
  const startedAt = performance.now();
  return [await post, performance.now() - startedAt];
}

describe('a post', () => {
  it('carries the body as JSON to path and query of the URL, under the name of its host', async () => {
    let text = '';
    server.answer = (request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => response.writeHead(202).end());
    };
    expect(await outlet()(url, { name: 'Zoë', more: [1] })).toBe('taken');
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/workflows/1?sig=s' });
    expect(request?.headers).toMatchObject({
      host,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
    });
    expect((request?.socket as TLSSocket | undefined)?.servername).toBe(host);
    expect(text).toBe('{"name":"Zoë","more":[1]}');
  });

  it.each([200, 201, 202, 204, 299])('is taken with %i', async (status) => {
    server.answer = (_, response) => response.writeHead(status).end();
    expect(await outlet()(url, body)).toBe('taken');
  });

  it.each([404, 410])('finds nobody any more with %i', async (status) => {
    server.answer = (_, response) => response.writeHead(status).end();
    expect(await outlet()(url, body)).toBe('gone');
  });

  it.each([300, 304, 400, 401, 403, 405, 409, 413, 429, 500, 502, 503])('is refused with %i', async (status) => {
    server.answer = (_, response) => response.writeHead(status).end();
    expect(await outlet()(url, body)).toBe('refused');
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect with %i, wherever it leads', async (status) => {
    for (const location of ['/elsewhere', `https://${host}/elsewhere`, `https://127.0.0.1:${server.port}/`]) {
      server.answer = (_, response) => response.writeHead(status, { location }).end();
      expect(await outlet()(url, body)).toBe('refused');
    }
    expect(server.requests.map((request) => request.url)).toEqual(
      [url, url, url].map((same) => same.pathname + same.search),
    );
  });

  it.each(['127.0.0.1', 'localhost'])('resolves no name of a webhook when it is directed to %s', async (directedTo) => {
    const asked: string[] = [];
    const post = outletWith({
      connectTo: { host: directedTo, port: server.port },
      lookup: (hostname) => {
        asked.push(hostname);
        return Promise.resolve([]);
      },
    });
    expect(await post(url, body)).toBe('taken');
    expect(asked).toEqual([]);
  });

  it('has a connection of its own, which is closed when the status is known', async () => {
    const post = outlet();
    for (let time = 0; time < 3; time += 1) expect(await post(url, body)).toBe('taken');
    expect(server.connections()).toBe(3);
    await until(() => server.requests.every(({ socket }) => socket.destroyed));
    expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
  });

  it.each(['a length that never comes', 'no end'])('is not held by an answer with %s', async (kind) => {
    server.answer = (_, response) => {
      response.writeHead(200, kind === 'no end' ? {} : { 'content-length': 1_000_000 });
      const flow = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.once('close', () => {
        clearInterval(flow);
      });
    };
    const [outcome, ms] = await timed(outlet()(url, body));
    expect(outcome).toBe('taken');
    expect(ms).toBeLessThan(2_000);
    await until(() => server.requests.every(({ socket }) => socket.destroyed));
  });
});

describe('a server that is not up to it', () => {
  const patience = 150;

  it.each<[string, TlsServer['answer']]>([
    ['says nothing', () => undefined],
    [
      'says only that it is at work',
      (_, response) => {
        const atWork = setInterval(() => {
          response.writeProcessing();
        }, 20);
        response.once('close', () => {
          clearInterval(atWork);
        });
      },
    ],
    [
      'never comes to the end of its headers',
      ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const trickle = setInterval(() => socket.write('x-more: 1\r\n'), 20);
        socket.once('close', () => {
          clearInterval(trickle);
        });
      },
    ],
  ])('is left when the time is up, because it %s', async (_, answer) => {
    server.answer = answer;
    const [outcome, ms] = await timed(outlet(patience)(url, body));
    expect(outcome).toBe('unreachable');
    expect(ms).toBeGreaterThan(patience / 2);
    expect(ms).toBeLessThan(2_000);
    await until(() => server.requests.every(({ socket }) => socket.destroyed));
  });

  it('is left when the time is up, because it never shakes hands', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const post = outletWith({ connectTo: { host: '127.0.0.1', port }, timeoutMs: patience });
    expect(await post(url, body)).toBe('unreachable');
    for (const socket of sockets) socket.destroy();
    silent.close();
    expect(sockets).toHaveLength(1);
  });

  it.each<[string, TlsServer['answer']]>([
    ['hangs up', (_, response) => response.destroy()],
    ['does not speak HTTP', ({ socket }) => socket.end('220 smtp ready\r\n')],
    [
      'changes to another protocol',
      ({ socket }) => socket.write('HTTP/1.1 101 Go on\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ])('is unreachable when it %s', async (_, answer) => {
    server.answer = answer;
    const [outcome, ms] = await timed(outlet()(url, body));
    expect(outcome).toBe('unreachable');
    expect(ms).toBeLessThan(2_000);
    expect(server.requests).toHaveLength(1);
  });

  it('is unreachable when nothing listens there', async () => {
    const post = outlet();
    await server.stop();
    server = await startTlsServer();
    expect(await post(url, body)).toBe('unreachable');
  });

  it('is not talked to when its certificate is for another name', async () => {
    expect(await outlet()(new URL('https://not-covered.example/'), body)).toBe('unreachable');
    expect(server.connections()).toBe(1);
    expect(server.requests).toEqual([]);
  });

  it('is not talked to when nobody that we trust issued its certificate', async () => {
    await server.stop();
    server = await startTlsServer(await makeCertificates([host]));
    expect(await outlet()(url, body)).toBe('unreachable');
    expect(server.requests).toEqual([]);
  });
});

describe('the URL of a webhook', () => {
  const rules = ['logic.azure.example', 'hooks.example:8443']
    .map(parseHostRule)
    .filter((rule): rule is HostRule => !!rule);

  test.each([
    [
      'https://prod-1.westeurope.logic.azure.example/workflows/a?sig=b',
      'https://prod-1.westeurope.logic.azure.example/workflows/a?sig=b',
    ],
    // The flow service writes the port.
    ['https://prod-1.logic.azure.example:443/workflows/a', 'https://prod-1.logic.azure.example/workflows/a'],
    ['https://logic.azure.example', 'https://logic.azure.example/'],
  ])('may be %s', (text, href) => {
    expect(parseWebhookUrl(text, rules)?.href).toBe(href);
  });

  test.each([
    ['another host', 'https://elsewhere.example/'],
    ['a host that ends alike', 'https://evil-logic.azure.example/'],
    ['a host that begins alike', 'https://logic.azure.example.evil.example/'],
    ['another port', 'https://logic.azure.example:8443/'],
    ['another port, even of a host that is allowed on it', 'https://hooks.example:8443/'],
    ['no TLS', 'http://logic.azure.example/'],
    ['a user', 'https://user@logic.azure.example/'],
    ['an address', 'https://127.0.0.1/'],
    ['an address in brackets', 'https://[::ffff:10.0.0.1]/'],
    ['an address in hexadecimal', 'https://0x7f000001/'],
    ['nothing', ''],
  ])('may not have %s', (_, text) => {
    expect(parseWebhookUrl(text, rules)).toBeUndefined();
  });

  test.each([
    `http://${host}/`,
    `https://${host}:8443/`,
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://localhost/',
    `https://user:password@${host}/`,
    `ftp://${host}/`,
  ])('is not posted to as %s, even if nobody had looked at it before', async (text) => {
    expect(await outlet()(new URL(text), body)).toBe('unreachable');
    expect(server.connections()).toBe(0);
  });
});
