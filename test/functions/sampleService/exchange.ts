import { connect } from 'node:net';

export interface RawReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends the bytes as they are to a server on loopback, and reads one answer. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<RawReply> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(bytes);
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      const reply = parseReply(received);
      if (reply) return reply;
    }
    throw new Error(`the connection ended before the answer: ${received.toString()}`);
  } finally {
    socket.destroy();
  }
}

/** The answer, once all of it is there. */
function parseReply(received: Buffer): RawReply | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const fields = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.replace(/^[^:]*: ?/, '')]);
  const headers = Object.fromEntries(fields) as Record<string, string>;
  if (Object.keys(headers).length < fields.length) throw new Error(`a header came twice: ${lines.join(', ')}`);
  const body = received.subarray(end + 4);
  if (body.length < Number(headers['content-length'] ?? 0)) return undefined;
  return { status: Number(statusLine.split(' ')[1]), headers, text: body.toString() };
}
