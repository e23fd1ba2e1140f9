import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { HttpCookie, HttpData, Nullable, TypedData } from './coreTypes.ts';

/** The real host's own limit and the app setting that changes it, both in bytes. */
const defaultBodyLimit = 104_857_600;
const bodyLimitSetting = 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT';

/** Bytes that a request body may have. Throws when the setting is not a number. */
export function bodyLimit(environment: NodeJS.ProcessEnv): number {
  const setting = environment[bodyLimitSetting];
  if (setting === undefined) return defaultBodyLimit;
  if (!/^\d+$/.test(setting)) throw new Error(`${bodyLimitSetting} is not a number of bytes: "${setting}".`);
  return Number(setting);
}

/** The URL that a request was sent to, or undefined if its target or Host header makes none. */
export function requestUrl({ url = '', headers }: IncomingMessage): URL | undefined {
  if (!url.startsWith('/')) return undefined;
  // Concatenated, not resolved: a target of `//elsewhere/` is a path and names no host.
  const text = `http://${headers.host ?? 'localhost'}${url}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The body, or undefined as soon as it is larger than the limit. Rejects when the caller hangs up. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return undefined;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) resolve(undefined);
      else chunks.push(chunk);
    });
    request.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

/**
 * The request in the form in which the host hands it to the worker: a name that is repeated becomes one, comma-joined.
 */
export function toHttpData(request: IncomingMessage, url: URL, params: Record<string, string>, body: Buffer): HttpData {
  const query = [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).join(',')]);
  return {
    method: request.method ?? 'GET',
    url: url.href,
    nullableHeaders: nullable(joinHeaders(request.headers)),
    nullableParams: nullable(params),
    nullableQuery: nullable(Object.fromEntries(query) as Record<string, string>),
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));
}

function nullable(values: Record<string, string>): Record<string, Nullable<string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** Answers with a status and no body, as the host itself does. */
export function answerStatus(response: ServerResponse, status: number): void {
  // Not writeHead: without it Node states the length, 0, and leaves the connection simple to reuse.
  response.statusCode = status;
  response.end();
}

/** Sends what a function returned. A function that returned nothing answers 204. */
export function sendHttpData(response: ServerResponse, data: HttpData | undefined): void {
  if (!data) {
    answerStatus(response, 204);
    return;
  }
  for (const [name, value] of Object.entries(data.headers ?? {})) {
    // The platform's `Vary: Origin` stands beside the function's own.
    if (name.toLowerCase() === 'vary' && response.hasHeader(name)) response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  for (const cookie of data.cookies ?? []) response.appendHeader('Set-Cookie', formatCookie(cookie));
  response.statusCode = Number(data.statusCode ?? 200);
  response.end(bodyOf(data.body ?? {}));
}

function bodyOf({ bytes, string, json }: TypedData): Uint8Array | string {
  return bytes ?? string ?? json ?? '';
}

/** A Set-Cookie value as ASP.NET Core writes it: encoded value, and the path `/` unless the function names another. */
function formatCookie(cookie: HttpCookie): string {
  const { name = '', value = '', sameSite = 'none' } = cookie;
  const seconds = cookie.expires?.value?.seconds;
  const attributes = [
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    typeof seconds === 'number' && `expires=${new Date(seconds * 1000).toUTCString()}`,
    typeof cookie.maxAge?.value === 'number' && `max-age=${cookie.maxAge.value}`,
    cookie.domain?.value && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value && 'secure',
    sameSite !== 'none' && `samesite=${sameSite === 'explicitNone' ? 'none' : sameSite}`,
    cookie.httpOnly?.value && 'httponly',
  ];
  return attributes.filter(Boolean).join('; ');
}
