import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { HttpTransport, type Transport, type TransportOptions } from '../../../lib/net/transport.ts';
import { host, startTlsServer, url, type TlsServer } from './tlsServer.ts';

let server: TlsServer;

beforeEach(async () => {
  server = await startTlsServer();
});

afterEach(async () => {
  await server.stop();
});

const forever = new AbortController().signal;

function transport(options: TransportOptions = {}): Transport {
  return new HttpTransport({ connectTo: server.connectTo, ...options }).send;
}

describe('a call', () => {
  it('brings back status, headers and body, whatever the status', async () => {
    server.answer = (_, response) => response.writeHead(404, { 'x-ms-correlation-id': 'c1' }).end('not here: ü');
    const answer = await transport()({ method: 'GET', url }, forever);
    expect(answer).toMatchObject({ status: 404, headers: { 'x-ms-correlation-id': 'c1' }, body: 'not here: ü' });
  });

  it('sends method, path, query, headers and a body of the right length', async () => {
    let body = '';
    server.answer = (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => response.end());
    };
    const target = new URL(`https://${host}/a/b?endpointId=sip%3Aa%40b`);
    await transport()(
      { method: 'POST', url: target, headers: { authorization: 'Bearer t' }, body: '{"a":"ü"}' },
      forever,
    );
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/a/b?endpointId=sip%3Aa%40b' });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'content-length': '10' });
    expect(body).toBe('{"a":"ü"}');
  });

  it('connects where `connectTo` says, under the name of the URL in TLS and in the Host header', async () => {
    await transport()({ method: 'GET', url }, forever);
    const [request] = server.requests;
    expect(request?.headers.host).toBe(host);
    expect((request?.socket as TLSSocket | undefined)?.servername).toBe(host);
  });

  it('is refused a server whose certificate does not cover the name of the URL', async () => {
    const call = transport()({ method: 'GET', url: new URL('https://api.not-covered.example/') }, forever);
    await expect(call).rejects.toMatchObject({ name: 'UpstreamFailure', code: 'connection' });
    expect(server.requests).toEqual([]);
  });

  it('goes to the host of the URL when there is no `connectTo`', async () => {
    const here = new URL(`https://localhost:${server.port}/`);
    await new HttpTransport().send({ method: 'GET', url: here }, forever);
    expect(server.requests[0]?.headers.host).toBe(`localhost:${server.port}`);
  });

  it('does not follow a redirect', async () => {
    server.answer = (_, response) => response.writeHead(307, { location: `https://${host}/elsewhere` }).end();
    expect((await transport()({ method: 'GET', url }, forever)).status).toBe(307);
    expect(server.requests).toHaveLength(1);
  });

  it('does not ask for compression, which it could not undo', async () => {
    await transport()({ method: 'GET', url }, forever);
    expect(server.requests[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it('drops a byte order mark, and only at the beginning', async () => {
    server.answer = (_, response) => response.end('\ufeff{"a":"\ufeff"}');
    expect((await transport()({ method: 'GET', url }, forever)).body).toBe('{"a":"\ufeff"}');
  });

  it('keeps characters whole that arrive in two pieces', async () => {
    server.answer = (_, response) => {
      const bytes = Buffer.from('ü');
      response.write(bytes.subarray(0, 1), () => response.end(bytes.subarray(1)));
    };
    expect((await transport()({ method: 'GET', url }, forever)).body).toBe('ü');
  });
});

describe('connections', () => {
  it('are kept for the next call', async () => {
    const send = transport();
    for (let call = 0; call < 5; call += 1) await send({ method: 'GET', url }, forever);
    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  it('are given up after an answer that was cut short, and made anew', async () => {
    const send = transport();
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{', () => response.destroy());
    };
    await expect(send({ method: 'GET', url }, forever)).rejects.toMatchObject({ code: 'connection' });
    server.answer = (_, response) => response.end('{}');
    expect((await send({ method: 'GET', url }, forever)).status).toBe(200);
  });
});

describe('a call fails', () => {
  it('as connection when nobody listens', async () => {
    const send = transport();
    await server.stop();
    await expect(send({ method: 'GET', url }, forever)).rejects.toMatchObject({ code: 'connection' });
  });

  it.each([
    ['before the answer', 0],
    ['in the middle of the answer', 10],
  ])('as timeout when the server stalls %s', async (_, bytes) => {
    server.answer = (_request, response) => {
      if (bytes === 0) return;
      response.writeHead(200, { 'content-length': 100 });
      response.write('x'.repeat(bytes));
    };
    const startedAt = performance.now();
    const call = transport({ callTimeoutMs: 100 })({ method: 'GET', url }, forever);
    await expect(call).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await once(server.requests[0]?.socket as TLSSocket, 'close');
  });

  it('as timeout when the bytes keep coming but no end', async () => {
    server.answer = (_, response) => {
      const trickle = setInterval(() => response.write('x'), 20);
      response.once('close', () => {
        clearInterval(trickle);
      });
    };
    const call = transport({ callTimeoutMs: 150 })({ method: 'GET', url }, forever);
    await expect(call).rejects.toMatchObject({ code: 'timeout' });
  });

  it('as cancelled, and hangs up, when the caller gives up', async () => {
    const giveUp = new AbortController();
    server.answer = () => {
      giveUp.abort();
    };
    const call = transport()({ method: 'GET', url }, giveUp.signal);
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await once(server.requests[0]?.socket as TLSSocket, 'close');
  });

  it('as cancelled without a connection when the caller had given up before', async () => {
    const call = transport()({ method: 'GET', url }, AbortSignal.abort());
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.connections()).toBe(0);
  });

  it('as too-large, and hangs up, beyond the limit, with or without a Content-Length', async () => {
    const send = transport({ maxAnswerBytes: 1_000 });
    for (const headers of [{ 'content-length': 1_001 }, {}]) {
      server.answer = (_, response) => {
        response.writeHead(200, headers);
        response.write('x'.repeat(500), () => response.end('x'.repeat(501)));
      };
      await expect(send({ method: 'GET', url }, forever)).rejects.toMatchObject({ code: 'too-large' });
    }
    server.answer = (_, response) => response.end('x'.repeat(1_000));
    expect((await send({ method: 'GET', url }, forever)).body).toHaveLength(1_000);
  });

  it('without the URL or what the server said', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('secret text', () => response.destroy());
    };
    const failure: unknown = await transport()({ method: 'GET', url }, forever).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toBe('upstream connection');
  });
});

it('leaves no listener on the signal of a request that makes many calls', async () => {
  const signal = new AbortController().signal;
  let listening = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening -= 1;
    remove(...args);
  };
  const send = transport({ maxAnswerBytes: 10 });
  await send({ method: 'GET', url }, signal);
  server.answer = (_, response) => response.end('longer than ten bytes');
  await expect(send({ method: 'GET', url }, signal)).rejects.toMatchObject({ code: 'too-large' });
  expect(listening).toBe(0);
});
