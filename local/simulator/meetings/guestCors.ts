import type { Answer, Request } from '../http/exchange.ts';

const exposed = 'Location, Retry-After, WWW-Authenticate, X-MS-UcwaVersion, X-MS-Correlation-Id';

/**
 * Lets a page read the answer, if its origin is one that the token was made for (trusted-application-api.md §6.1):
 * without such a token no page may, not even an error.
 */
export function withCors(request: Request, answer: Answer, allowedOrigins: readonly string[]): Answer {
  const { origin } = request.headers;
  if (origin === undefined || !allowedOrigins.some((allowed) => isSameOrigin(allowed, origin))) return answer;
  const headers = {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': exposed,
    Vary: 'Origin',
  };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/**
 * What a browser asks before the request itself. It carries no token, so only where the URL has one is that looked at.
 */
export function preflightAnswer(request: Request, allowedOrigins: readonly string[] | undefined): Answer {
  const { origin = '', 'access-control-request-headers': wantedHeaders } = request.headers;
  const answer: Answer = {
    status: 200,
    headers: {
      'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE, OPTIONS',
      ...(typeof wantedHeaders === 'string' && { 'Access-Control-Allow-Headers': wantedHeaders }),
      'Access-Control-Max-Age': '600',
    },
    body: '',
  };
  const allowed = withCors(request, answer, allowedOrigins ?? [origin]);
  return allowed === answer ? { ...answer, headers: {} } : allowed;
}

/** Whether a request is a preflight. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;
}

function isSameOrigin(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
