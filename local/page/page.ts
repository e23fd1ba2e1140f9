import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openListener } from '../simulator/http/listener.ts';
import { forward } from './forward.ts';
import { pageFiles } from './pageFiles.ts';
import { targetOf, type Surroundings } from './targets.ts';

/** What the demo page needs of the local cloud. */
interface PageOptions extends Pick<Surroundings, 'simulator' | 'ca' | 'functionKey'> {
  /** Where the service is; asked at each request, since its settings name the page's origin and so it starts later. */
  readonly serviceUrl: () => string;
  /** Default: a free one. */
  readonly port?: number | undefined;
}

/** The running demo page. */
export interface Page {
  /** For the browser, and for ALLOWED_ORIGINS: `http://localhost:<port>`. */
  readonly origin: string;
  stop(): Promise<void>;
}

const everyAnswer = {
  'Content-Security-Policy': [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Serves the demo page on 127.0.0.1, and what it asks for. For development only. Start it from the root of the repository. */
export async function startPage(options: PageOptions): Promise<Page> {
  const files = await pageFiles();
  let origin = '';

  const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    for (const [name, value] of Object.entries(everyAnswer)) outgoing.setHeader(name, value);
    const { method = '', url = '' } = incoming;
    const isForeign = !isFromPage(incoming, origin);
    const file = method === 'GET' ? files.get(url) : undefined;
    const target = targetOf(method, url, { ...options, serviceUrl: options.serviceUrl(), origin });
    if (isForeign) outgoing.writeHead(403).end();
    else if (file) outgoing.writeHead(200, { 'Content-Type': file.contentType }).end(file.content);
    else if (target) forward(incoming, outgoing, target);
    else outgoing.writeHead(404).end();
  };

  const listener = await openListener(createServer(answer), options.port ?? 0);
  origin = `http://localhost:${listener.port}`;
  return { origin, stop: () => listener.setDown(true) };
}

/** Another page in the same browser must not act as the advisor, be it by a name of its own for this machine. */
function isFromPage({ headers }: IncomingMessage, page: string): boolean {
  return `http://${headers.host ?? ''}` === page && (headers.origin ?? page) === page;
}
