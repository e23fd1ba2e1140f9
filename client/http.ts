import type { Clock } from './clock.ts';
import { unreachable } from './problem.ts';

/** The platform's fetch, or a function in its place. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

interface JsonRequest extends Omit<RequestInit, 'body' | 'headers'> {
  readonly headers: Readonly<Record<string, string>>;
  /** What the body says; undefined: the request has no body. */
  readonly json: unknown;
}

/** Sends a request and reads the whole answer. Throws `unreachable` if there is no answer, or only a part of one. */
export async function exchange(
  send: Send,
  url: string,
  { json, headers, ...init }: JsonRequest,
): Promise<{ response: Response; text: string }> {
  const content = json !== undefined && {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  };
  try {
    const response = await send(url, {
      headers,
      ...content,
      // Neither the service nor a platform redirects, and a key or token must not follow an answer that does.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      ...init,
    });
    return { response, text: await response.text() };
  } catch (error) {
    throw unreachable(error);
  }
}

/** The value of a JSON text, which may begin with U+FEFF; undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's error is dropped, because it quotes the text, which may hold a token.
    return undefined;
  }
}

/** The server's clock when it answered, ms since 1970. A browser hides this header of an answer of another origin. */
function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/** The `Retry-After` of an answer in seconds, from either form of RFC 9110 §10.2.3. @param now ms since 1970 */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Every form of a date begins with the day's name; Date.parse alone takes `1.5` for a day in 2001.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return undefined;
  return Math.max(0, Math.ceil((at - (dateOf(headers) ?? now)) / 1_000));
}

/**
 * The time by the server's clock, which sets the ends of tokens and the dates of answers; the guest's own clock may be
 * wrong. It is the guest's own until an answer has shown the difference.
 */
export class ServerTime {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  /** Reads the `Date` of an answer. */
  observe(headers: Headers): void {
    const date = dateOf(headers);
    if (date !== undefined) this.#aheadMs = date - this.#clock.now();
  }
}
