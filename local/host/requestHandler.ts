import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { answerAdmin } from './adminEndpoints.ts';
import type { Authenticate } from './appServiceAuth.ts';
import type { HttpData } from './coreTypes.ts';
import { answerCors, type CorsOptions } from './cors.ts';
import type { HttpFunction } from './functionIndex.ts';
import { answerStatus, readBody, requestUrl, sendHttpData, toHttpData } from './httpData.ts';
import { invoke } from './invocation.ts';
import { findRoute, type RouteMatch } from './routes.ts';
import type { Timer } from './timer.ts';

interface RequestHandlerOptions {
  /** In the order in which their routes are tried. */
  functions: readonly HttpFunction[];
  /** By function name. */
  timers: ReadonlyMap<string, Timer>;
  functionKey: string;
  cors: CorsOptions | undefined;
  /** Undefined: no authentication, and the principal headers of clients reach the functions. */
  authenticate: Authenticate | undefined;
  /** Bytes that a request body may have. */
  bodyLimit: number;
}

/**
 * Answers a request in the host's order: CORS, authentication, admin endpoints, route, key, size of the body, function.
 */
export async function handleRequest(
  options: RequestHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { functions, timers, functionKey, cors, authenticate, bodyLimit } = options;
  const { method = '' } = request;
  const url = requestUrl(request);
  if (!url) {
    answerStatus(response, 400);
    return;
  }
  if (cors && answerCors(cors, request, response)) return;
  if (authenticate?.(request, url.pathname, response)) return;
  const authorized = hasKey(functionKey, request.headers, url.searchParams);
  if (answerAdmin({ method, path: url.pathname, authorized, timers }, response)) return;

  const match = findRoute(functions, method, url.pathname);
  if (!match) answerStatus(response, 404);
  else if (match.fn.needsKey && !authorized) answerStatus(response, 401);
  else {
    const body = await readBody(request, bodyLimit).catch(() => 'hung up' as const);
    if (body === 'hung up') return;
    if (body) await answerByFunction(match, toHttpData(request, url, match.params, body), request, response);
    else answerStatus(response, 413);
  }
}

/**
 * Whether a request carries the key: in `x-functions-key` or, without that header, in `?code=`. Takes constant time.
 */
function hasKey(key: string, headers: IncomingHttpHeaders, query: URLSearchParams): boolean {
  const header = headers['x-functions-key'];
  const given = typeof header === 'string' ? header : query.get('code');
  return given !== null && timingSafeEqual(digest(given), digest(key));
}

/** Digests are of one length, which timingSafeEqual asks for, and hide the key's own length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function answerByFunction(
  { fn }: RouteMatch<HttpFunction>,
  data: HttpData,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { returnValue } = await invoke(fn.registered, {
      bindingName: fn.bindingName,
      data: { http: data },
      traceParent: headerOf(request, 'traceparent'),
      traceState: headerOf(request, 'tracestate'),
    });
    sendHttpData(response, returnValue?.http);
  } catch {
    // Logged where it was thrown.
    if (!response.headersSent) answerStatus(response, 500);
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
