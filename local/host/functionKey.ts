import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request carries the key: in `x-functions-key` or, without that header, in `?code=`. Takes constant time. */
export function hasKey(key: string, headers: IncomingHttpHeaders, query: URLSearchParams): boolean {
  const header = headers['x-functions-key'];
  const given = typeof header === 'string' ? header : query.get('code');
  return given !== null && timingSafeEqual(digest(given), digest(key));
}

/** Digests are of one length, which timingSafeEqual asks for, and hide the key's own length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
