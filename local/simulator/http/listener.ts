import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server on a port of 127.0.0.1 that can be closed and opened again under the same number. */
export interface Listener {
  readonly port: number;
  /**
   * Closes the port and destroys every live connection, or opens it again. Does nothing if it is in that state already.
   */
  setDown(down: boolean): Promise<void>;
}

/** Starts listening; port 0 takes a free one. */
export async function openListener(server: Server, wantedPort: number): Promise<Listener> {
  const sockets = new Set<Socket>();
  // TCP sockets, before any TLS handshake: closeAllConnections() would miss those that are still shaking hands.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, wantedPort);
  const { port } = server.address() as AddressInfo;

  return {
    port,
    async setDown(down) {
      if (down !== server.listening) return;
      if (!down) return listen(server, port);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The first byte of a TLS handshake record (RFC 8446 §5.1); no HTTP method begins with it. */
const handshake = 0x16;

/** One port for https and plain http: hands each connection to the server that its first byte is for. */
export function eitherServer(secure: Server, plain: Server): Server {
  return createServer({ noDelay: true }, (socket: Socket) => {
    // A connection may end in an error before its first byte. Afterwards its server also handles errors.
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first: unknown = socket.read();
      if (!Buffer.isBuffer(first)) return void socket.destroy();
      socket.unshift(first);
      (first[0] === handshake ? secure : plain).emit('connection', socket);
    });
  });
}
