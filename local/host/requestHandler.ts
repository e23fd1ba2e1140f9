import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerAdmin } from './adminEndpoints.ts';
import type { Authenticate } from './appServiceAuth.ts';
import { answerCors, type CorsOptions } from './cors.ts';
import { hasKey } from './functionKey.ts';
import { readBody, requestUrl, toHttpData } from './httpRequest.ts';
import { answerStatus, sendHttpData } from './httpResponse.ts';
import { invoke } from './invocation.ts';
import type { RouteMatch } from './routeTable.ts';
import type { Timer } from './timer.ts';

export interface RequestHandlerOptions {
  find: (method: string, path: string) => RouteMatch | undefined;
  timers: ReadonlyMap<string, Timer>;
  functionKey: string;
  cors: CorsOptions | undefined;
  /** Undefined: nobody is asked who they are, and what they say of themselves reaches the functions. */
  authenticate: Authenticate | undefined;
  /** Bytes that a request body may have. */
  bodyLimit: number;
}

/** Answers a request; what the host answers itself has no body. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The host's order: CORS, authentication, admin endpoints, route, key, size of the body, function. */
export function requestHandler(options: RequestHandlerOptions): RequestHandler {
  const { find, timers, functionKey, cors, authenticate, bodyLimit } = options;
  return async (request, response) => {
    const url = requestUrl(request);
    if (!url) {
      answerStatus(response, 400);
      return;
    }
    if (cors && answerCors(cors, request, response)) return;
    if (authenticate?.(request, url.pathname, response)) return;
    const authorized = hasKey(functionKey, request.headers, url.searchParams);
    if (answerAdmin({ method: request.method ?? '', path: url.pathname, authorized, timers }, response)) return;

    const match = find(request.method ?? '', url.pathname);
    if (!match) answerStatus(response, 404);
    else if (match.fn.needsKey && !authorized) answerStatus(response, 401);
    else {
      const body = await readBody(request, bodyLimit).catch(() => 'hung up' as const);
      if (body === 'hung up') return;
      if (body) await answerByFunction(match, request, url, body, response);
      else answerStatus(response, 413);
    }
  };
}

async function answerByFunction(
  { fn, params }: RouteMatch,
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  try {
    const { returnValue } = await invoke(fn.registered, {
      bindingName: fn.bindingName,
      data: { http: toHttpData(request, url, params, body) },
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
