import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answerStatus } from './httpData.ts';

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface HttpServer {
  readonly port: number;
  /** Refuses new requests, waits for those under way and for `others`, but no longer than `drainMs`; then closes. */
  drain(others: Promise<unknown>, drainMs: number): Promise<void>;
}

/** Listens on the loopback address; port 0 takes a free one. Throws a sentence when the port is taken. */
export async function startHttpServer(handle: RequestHandler, port: number): Promise<HttpServer> {
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    // A connection that is kept alive can bring a request after server.close().
    if (!server.listening) {
      response.setHeader('Connection', 'close');
      answerStatus(response, 503);
      return;
    }
    const answered = new Promise<void>((resolve) => response.once('close', resolve));
    const handled = Promise.all([handle(request, response), answered]).then(() => {
      underWay.delete(handled);
    });
    underWay.add(handled);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = 'it is taken. Stop what uses it or choose another one';
      const why = cause.code === 'EADDRINUSE' ? taken : cause.message;
      reject(new Error(`The host cannot listen on port ${port}: ${why}.`, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    async drain(others, drainMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      const enough = new AbortController();
      const tooLong = delay(drainMs, undefined, { signal: enough.signal }).catch(() => undefined);
      await Promise.race([Promise.all([others, ...underWay]), tooLong]);
      enough.abort();
      server.closeAllConnections();
      await closed;
    },
  };
}
