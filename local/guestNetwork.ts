import type { IncomingMessage } from 'node:http';
import { Agent, request as sendTo } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Send } from '../client/http.ts';

/** A request as the guest sent it. */
export interface SentRequest {
  readonly method: string;
  /** Byte for byte. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly keepalive: boolean;
  /** Undefined as long as there is no answer. */
  status: number | undefined;
}

/** The network of one guest. */
export interface GuestNetwork {
  readonly fetch: Send;
  /** Oldest first. */
  readonly sent: readonly SentRequest[];
  /** Lost: open requests fail, and so does every new one. */
  setLost(lost: boolean): void;
}

/** All connections of several guests. */
export interface Connections {
  newNetwork(): GuestNetwork;
  stop(): void;
}

// The status alone says that there is no body; a Response refuses even an empty one.
const bodiless = [204, 205, 304];

/**
 * A fetch to hosts that exist nowhere: every connection goes to a port of this machine, and carries the URL's host in
 * TLS and in its Host header. Answers have no Date header, because pages cannot read it in answers of another origin.
 * @param ca PEM of the authority that issued the servers' certificates; default: those that Node trusts
 */
export function connectTo(port: number, ca?: string): Connections {
  // One context for all connections, because making one takes long.
  const agent = new Agent({ keepAlive: true, secureContext: createSecureContext({ ca }) });
  return {
    newNetwork: () => networkOn(agent, port),
    stop: () => {
      agent.destroy();
    },
  };
}

function networkOn(agent: Agent, port: number): GuestNetwork {
  const sent: SentRequest[] = [];
  const breaks = new Set<() => void>();
  let isLost = false;

  const fetch: Send = (url, { method = 'GET', headers, body, keepalive = false, signal }) => {
    const request: SentRequest = {
      method,
      url,
      headers: new Headers(headers),
      body: typeof body === 'string' ? body : undefined,
      keepalive,
      status: undefined,
    };
    sent.push(request);
    return new Promise<Response>((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      if (isLost) throw new TypeError('network is lost');
      const target = new URL(url);
      const outgoing = sendTo({
        ...{ host: '127.0.0.1', port, agent, method, servername: target.hostname },
        path: url.slice(target.origin.length),
        headers: { ...Object.fromEntries(request.headers), host: target.host },
      });
      const lose = (): void => {
        outgoing.destroy(new TypeError('network is lost'));
      };
      const cancel = (): void => {
        outgoing.destroy();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- who aborts says with what
        reject(signal?.reason);
      };
      breaks.add(lose);
      signal?.addEventListener('abort', cancel, { once: true });
      outgoing.on('close', () => {
        breaks.delete(lose);
        signal?.removeEventListener('abort', cancel);
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        responseOf(incoming).then((response) => {
          request.status = response.status;
          resolve(response);
        }, reject);
      });
      outgoing.end(request.body);
    });
  };

  return {
    fetch,
    sent,
    setLost(lost) {
      isLost = lost;
      if (lost) for (const lose of [...breaks]) lose();
    },
  };
}

async function responseOf(incoming: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const text of typeof value === 'string' ? [value] : (value ?? [])) headers.append(name, text);
  }
  headers.delete('date');
  const status = incoming.statusCode ?? 0;
  return new Response(bodiless.includes(status) ? null : Buffer.concat(chunks), { status, headers });
}
