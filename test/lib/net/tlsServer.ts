import { createServer } from 'node:https';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pem } from '../../support/testCloud.ts';

/** An HTTPS server with the certificate of the simulated hosts, which answers as the test says. */
export interface TlsServer {
  readonly port: number;
  /** For {@link TransportOptions.connectTo}. */
  readonly connectTo: { readonly host: string; readonly port: number };
  /** Every request so far. */
  readonly requests: IncomingMessage[];
  /** How many connections were made to it. */
  readonly connections: () => number;
  /** How each request is answered from now on. */
  answer: RequestListener;
  stop(): Promise<void>;
}

/** The host in the URLs of these tests; the certificate covers it, and no DNS knows it. */
export const host = 'api.skype.example';
export const url = new URL(`https://${host}/platformservice/discover`);

const trusted = (): { key: string; cert: string } => ({ key: pem('key'), cert: pem('cert') });

/** Starts on a free port; answers 200 `{}` until `answer` is set. */
export async function startTlsServer({ key, cert } = trusted()): Promise<TlsServer> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ key, cert }, (request, response) => {
    requests.push(request);
    running.answer(request, response);
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const running: TlsServer = {
    port,
    connectTo: { host: '127.0.0.1', port },
    requests,
    connections: () => connections,
    answer: (_, response) => response.end('{}'),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return running;
}
