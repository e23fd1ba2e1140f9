import { ExponentialBackoff, type IBackoff, type IBackoffFactory, type IRetryBackoffContext } from 'cockatiel';
import type { UpstreamAnswer } from './transport.ts';

/** The `Retry-After` of an answer in seconds, from either form of RFC 9110 §10.2.3; undefined if there is none. */
export function retryAfterSeconds(answer: UpstreamAnswer, now = Date.now()): number | undefined {
  const header = answer.headers['retry-after'];
  if (header === undefined) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  // Every form of a date begins with the day's name; Date.parse alone takes `1.5` for a day in 2001.
  const at = /^[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1_000));
}

type Context = IRetryBackoffContext<unknown>;

/** Exponential back-off with decorrelated jitter, lengthened to what the server asked for. */
export function retryAfterBackoff(initialDelayMs: number): IBackoffFactory<Context> {
  const lengthen = (backoff: IBackoff<Context>, context: Context): IBackoff<Context> => ({
    duration: Math.max(backoff.duration, askedForMs(context)),
    next: (following) => lengthen(backoff.next(following), following),
  });
  const exponential = new ExponentialBackoff<Context>({ initialDelay: initialDelayMs, maxDelay: 1_000 });
  return { next: (context) => lengthen(exponential.next(), context) };
}

function askedForMs({ result }: Context): number {
  return 'value' in result ? 1_000 * (retryAfterSeconds(result.value as UpstreamAnswer) ?? 0) : 0;
}
