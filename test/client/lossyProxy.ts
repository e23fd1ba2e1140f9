import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { openListener } from '../../local/simulator/http/listener.ts';

/** What befalls a request: its answer is lost, wholly or from its middle, after the service has done the work; or a stranger answers. */
export type Loss =
  | 'before-answer'
  | 'mid-body'
  | 'never'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A request as it came. */
interface Passed {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The service's status, also when the answer was lost; undefined if the service was not asked. */
  status: number | undefined;
}

/** Stands between a client and the service on a port of its own. */
export interface LossyProxy {
  readonly url: string;
  readonly passed: Passed[];
  /** The next requests fare so, one after the other; those after them pass. */
  lose(...losses: readonly Loss[]): void;
  /** Closes the port, so that connections are refused, or opens it again under the same number. */
  setDown(down: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Puts a proxy before a service. @param target its origin */
export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const passed: Passed[] = [];
  let losses: Loss[] = [];

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const { method = '', url: path = '', headers } = incoming;
    const request: Passed = { method, path, headers, body, status: undefined };
    passed.push(request);
    const loss = losses.shift();
    if (loss === 'never') return;
    if (typeof loss === 'object') {
      outgoing.writeHead(loss.status, loss.headers).end(loss.body);
      return;
    }
    const answer = await fetch(target + path, {
      method,
      headers: handedOn(headers),
      ...(body !== '' && { body }),
    });
    const text = await answer.text();
    request.status = answer.status;
    if (loss === 'before-answer') {
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (loss === undefined) outgoing.end(text);
    else outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy());
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const listener = await openListener(server, 0);

  return {
    url: `http://127.0.0.1:${listener.port}`,
    passed,
    lose: (...next) => {
      losses = [...next];
    },
    setDown: (down) => listener.setDown(down),
    stop: () => listener.setDown(true),
  };
}

/** What belongs to the request and not to the connection. */
function handedOn(headers: IncomingHttpHeaders): Headers {
  const own = ['host', 'connection', 'content-length'];
  const kept = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && !own.includes(name)) kept.set(name, value);
  }
  return kept;
}

async function readAll(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
