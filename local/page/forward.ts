import {
  request as plainRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Target } from './targets.ts';

const passedOn = ['accept', 'authorization', 'content-length', 'content-type', 'idempotency-key'] as const;
/** They belong to a connection, and not to what is said over it. */
const ofConnection = ['connection', 'keep-alive', 'transfer-encoding'];

/**
 * Hands a request on and its answer back, both as they come, so that long polls pass. Whoever goes away takes the other side
 * along: a lost connection stays one.
 */
export function forward(incoming: IncomingMessage, outgoing: ServerResponse, { url, headers, tls }: Target): void {
  const send = tls ? tlsRequest : plainRequest;
  const { method = 'GET' } = incoming;
  const onward = send(url, { ...tls, method, headers: { ...passedHeaders(incoming.headers), ...headers } });
  onward.on('response', (answer) => {
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && !ofConnection.includes(name) && !outgoing.hasHeader(name))
        outgoing.setHeader(name, value);
    }
    outgoing.writeHead(answer.statusCode ?? 502).flushHeaders();
    answer.on('error', () => outgoing.destroy()).pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function passedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const passed = passedOn.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(passed) as Record<string, string>;
}
