import type { ServerResponse } from 'node:http';
import type { HttpCookie, HttpData, TypedData } from './coreTypes.ts';

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
export function formatCookie(cookie: HttpCookie): string {
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
