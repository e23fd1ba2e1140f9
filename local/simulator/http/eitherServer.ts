import { createServer, type Server, type Socket } from 'node:net';

/** The first byte of a TLS handshake record (RFC 8446 §5.1); no HTTP method begins with it. */
const handshake = 0x16;

/** One port for https and plain http: hands each connection to the server that its first byte is for. */
export function eitherServer(secure: Server, plain: Server): Server {
  return createServer({ noDelay: true }, (socket: Socket) => {
    // A connection may end in an error before it has said anything; afterwards, its server listens too.
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first: unknown = socket.read();
      if (!Buffer.isBuffer(first)) return void socket.destroy();
      socket.unshift(first);
      (first[0] === handshake ? secure : plain).emit('connection', socket);
    });
  });
}
