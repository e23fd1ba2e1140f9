import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { currentTrace } from '../telemetry.ts';

/** One call to a server of a meeting platform. The URL was checked by the caller (lib/hostRules.ts). */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back; any status. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `unreachable`: the breaker is open, nothing was sent; `cancelled`: the caller's time is up. */
export type UpstreamFailureKind = 'connection' | 'timeout' | 'cancelled' | 'too-large' | 'unreachable';

/** No usable HTTP answer. Carries no URL and no text of the server. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly code: UpstreamFailureKind;

  constructor(code: UpstreamFailureKind, cause?: unknown) {
    super(`upstream ${code}`, { cause });
    this.code = code;
  }
}

/** Sends one request once; rejects with {@link UpstreamFailure}. Redirects are answers like any other. */
export type Transport = (request: UpstreamRequest, signal: AbortSignal) => Promise<UpstreamAnswer>;

export interface TransportOptions {
  /** From the first byte of the connection to the last of the answer. */
  callTimeoutMs?: number;
  maxAnswerBytes?: number;
  /** Development only: connect here, whatever the URL's host; TLS and the Host header still carry its name. */
  connectTo?: { readonly host: string; readonly port: number } | undefined;
}

const sockets = { keepAlive: true, scheduling: 'lifo', timeout: 60_000 } as const;

/**
 * HTTPS on kept-alive sockets; plain http only for UCWA's first hop, which carries nothing. On node:https and not on
 * fetch, because connections have to be directed (`connectTo`) and answers cut off at a size, which the global fetch
 * offers no hook for.
 */
export class HttpTransport {
  readonly #options: TransportOptions;
  readonly #secureAgent = new https.Agent(sockets);
  readonly #plainAgent = new http.Agent(sockets);

  constructor(options: TransportOptions = {}) {
    this.#options = options;
  }

  readonly send: Transport = ({ method, url, headers, body }, signal) => {
    const { callTimeoutMs = 5_000, maxAnswerBytes = 64 * 1024, connectTo } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new UpstreamFailure('cancelled'));
        return;
      }
      const isPlain = url.protocol === 'http:';
      const request = (isPlain ? http : https).request({
        host: connectTo?.host ?? url.hostname,
        port: connectTo?.port ?? url.port,
        path: url.pathname + url.search,
        method,
        servername: url.hostname,
        headers: {
          ...correlation(),
          ...headers,
          host: url.host,
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        },
        agent: isPlain ? this.#plainAgent : this.#secureAgent,
      });
      const fail = (kind: UpstreamFailureKind) => () => request.destroy(new UpstreamFailure(kind));
      const timer = setTimeout(fail('timeout'), callTimeoutMs);
      const cancel = fail('cancelled');
      signal.addEventListener('abort', cancel, { once: true });
      const settle = <T>(finish: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
          finish(value);
        };
      };
      const refuse = settle((error: unknown) => {
        reject(error instanceof UpstreamFailure ? error : new UpstreamFailure('connection', error));
      });
      request.on('error', refuse);
      request.on('response', (response) => {
        readText(response, maxAnswerBytes).then(
          settle((text) => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
          }),
          (error: unknown) => {
            request.destroy();
            refuse(request.errored ?? error);
          },
        );
      });
      request.end(body);
    });
  };
}

/** What upstreams log of a call, and what our own log line has too. */
function correlation(): Record<string, string> {
  const trace = currentTrace();
  return trace ? { 'client-request-id': trace.correlationId } : {};
}

// By events and not by `for await`, which costs a fifth of the whole call (bench/README.md).
function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(new UpstreamFailure('too-large'));
      else chunks.push(chunk);
    });
    response.on('end', () => {
      // TextDecoder drops a byte order mark, which some captured answers begin with.
      resolve(new TextDecoder().decode(Buffer.concat(chunks)));
    });
    response.on('error', reject);
  });
}
