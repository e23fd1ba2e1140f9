import { answerTo, type Send } from '../answer.ts';
import type { Clock } from '../clock.ts';
import { withRetries, type RetryLimits } from '../retry.ts';
import type { ServerTime } from '../serverTime.ts';
import { readBody, type Body } from './body.ts';
import { GuestFailure } from './failure.ts';
import { refusalOf, type PlatformOperation } from './refusals.ts';
import type { Waiting } from './state.ts';

/** A request to the platform. */
export interface PlatformRequest {
  readonly operation: PlatformOperation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** Asked at each try, since a token may be renewed meanwhile. Left out: none is sent. */
  readonly token?: () => string;
  readonly body?: unknown;
}

/** An answer with success. */
export interface PlatformAnswer {
  /** Undefined where nothing but success was asked for. */
  readonly resource: unknown;
  /** As sent; a page sees it only if the platform lets it. */
  readonly location: string | undefined;
}

export interface PlatformHttpOptions {
  readonly fetch: Send | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly serverTime: ServerTime;
  readonly firstPauseMs: number;
  /** Told before a request other than a poll waits to be sent again, and when it has waited. */
  readonly onWait: (waiting: Waiting | undefined) => void;
}

/** How the guest talks to the platform. */
export interface PlatformHttp {
  /** Sends, and sends again what may be; rejects with {@link GuestFailure}, or the signal's reason. */
  send(request: PlatformRequest, signal: AbortSignal): Promise<PlatformAnswer>;
  /** Ends an application, if it can be done by one request. @param keepalive also when the page goes */
  remove(url: string, token: string, keepalive: boolean): Promise<void>;
}

const usualLimits: RetryLimits = { tries: 5, totalMs: 120_000, tryMs: 20_000 };
/** An event channel is silent for three minutes when nothing happens (§3.4). */
const pollLimits: RetryLimits = { tries: 4, totalMs: Infinity, tryMs: 210_000 };
const removalLimits: RetryLimits = { tries: 1, totalMs: 5_000 };
/** Who is to wait for longer starts anew then, or gives up. */
const longestRetryAfterSeconds = 60;

// The types of Node's fetch do not know it, since there is nothing to store in.
const noStore = { cache: 'no-store' } as const;

export function createPlatformHttp(options: PlatformHttpOptions): PlatformHttp {
  const { clock, random, serverTime, firstPauseMs, onWait } = options;
  // Called as a plain function: a browser's fetch refuses to be anybody's method.
  const fetch = options.fetch ?? globalThis.fetch;

  const exchange = async (
    request: PlatformRequest,
    signal: AbortSignal,
    keepalive = false,
  ): Promise<PlatformAnswer> => {
    const { method, url, token, body: content } = request;
    const init: RequestInit = {
      method,
      headers: {
        accept: 'application/json',
        ...(content !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token()}` }),
      },
      ...(content !== undefined && { body: JSON.stringify(content) }),
      // A token must not follow where an answer leads.
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      credentials: 'omit',
      ...noStore,
      keepalive,
      signal,
    };
    const { response, text } = await answerTo(fetch, url, init).catch(() => {
      throw new GuestFailure('unreachable', { remedy: 'anew', repeatable: method === 'GET' });
    });
    serverTime.observe(response.headers);
    const body = readBody(response.headers, text);
    if (!response.ok) throw refusalOf(request, response, body, serverTime.now());
    return { resource: resourceIn(body, request), location: response.headers.get('location') ?? undefined };
  };

  return {
    async send(request, signal) {
      const isPoll = request.operation === 'events';
      const limits = isPoll ? pollLimits : usualLimits;
      // What is no failure of the guest's is the time-out of a try. A poll has then been deaf for long enough.
      const mayWait = (error: unknown): boolean =>
        error instanceof GuestFailure ? error.repeatable : request.method === 'GET' && !isPoll;
      const retryAfter = (error: unknown): number | undefined => {
        const { retryAfterSeconds: seconds = 0 } = asFailure(error);
        return mayWait(error) && seconds <= longestRetryAfterSeconds ? seconds : undefined;
      };
      let hasPaused = false;
      const onPause = (error: unknown, ms: number): void => {
        hasPaused = !isPoll;
        if (hasPaused) onWait({ reason: asFailure(error).reason, until: clock.now() + ms });
      };
      const attempt = (trying: AbortSignal): Promise<PlatformAnswer> => {
        if (hasPaused) onWait(undefined);
        return exchange(request, trying);
      };
      return withRetries(attempt, {
        ...limits,
        ...{ firstPauseMs, clock, random, signal, retryAfter, onPause },
      }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw asFailure(error);
      });
    },

    async remove(url, token, keepalive) {
      const request = { operation: 'application', method: 'DELETE', url, token: () => token } as const;
      const options = { ...removalLimits, clock, random, signal: undefined };
      await withRetries((trying) => exchange(request, trying, keepalive), options).catch(() => undefined);
    },
  };
}

/** Only reading and creating give a resource; a join and a removal say all by their status. */
function resourceIn(body: Body, { operation, method }: PlatformRequest): unknown {
  if (operation === 'join' || operation === 'application') return undefined;
  if (body.kind === 'json') return body.resource;
  const reason = body.kind === 'foreign' ? 'intermediary' : 'unusable-answer';
  throw new GuestFailure(reason, { remedy: 'anew', repeatable: method === 'GET' });
}

function asFailure(error: unknown): GuestFailure {
  return error instanceof GuestFailure ? error : new GuestFailure('unreachable', { remedy: 'anew' });
}
