import type { Timing } from '../clock.ts';
import { exchange, type Send, type ServerTime } from '../http.ts';
import { withRetries, type RetryLimits } from '../retry.ts';
import { GuestFailure } from './failure.ts';
import { refusalOf, type PlatformOperation } from './refusals.ts';
import { readBody, type Body } from './resource.ts';
import type { Waiting } from './state.ts';

/** A request to the platform. */
interface PlatformRequest {
  readonly operation: PlatformOperation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  /** Asked at each try, because a token may be renewed meanwhile. Left out: the request has none. */
  readonly token?: () => string;
  readonly body?: unknown;
}

/** An answer with success. */
export interface PlatformAnswer {
  /** Undefined for operations whose answer has no content. */
  readonly resource: unknown;
  /** As sent; a page sees it only if the platform exposes it. */
  readonly location: string | undefined;
}

interface PlatformHttpOptions extends Timing {
  readonly fetch: Send | undefined;
  readonly serverTime: ServerTime;
  readonly firstPauseMs: number;
  /** Called before a request other than a poll waits to be sent again, and without a value after that. */
  readonly onWait: (waiting: Waiting | undefined) => void;
}

/** How the guest talks to the platform. */
export interface PlatformHttp {
  /** Sends a request, and repeats one that may be repeated; rejects with {@link GuestFailure}, or the signal's reason. */
  send(request: PlatformRequest, signal: AbortSignal): Promise<PlatformAnswer>;
  /** Removes an application, if one request is enough for it. @param keepalive also when the page is closed */
  remove(url: string, token: string, keepalive: boolean): Promise<void>;
}

const requestLimits: RetryLimits = { tries: 5, totalMs: 120_000, tryMs: 20_000 };
/** The server holds a poll for three minutes when nothing happens (docs/protocol/ucwa.md §3.4). */
const pollLimits: RetryLimits = { tries: 4, totalMs: Infinity, tryMs: 210_000 };
const removalLimits: RetryLimits = { tries: 1, totalMs: 5_000 };
/** A guest that has to wait longer reconnects instead, or gives up. */
const longestRetryAfterSeconds = 60;

// The types of Node's fetch do not have it, because Node stores nothing.
const noStore = { cache: 'no-store' } as const;

/** Makes the requests of one guest's session. */
export function createPlatformHttp(options: PlatformHttpOptions): PlatformHttp {
  const { clock, random, serverTime, firstPauseMs, onWait } = options;
  // Called as a plain function: a browser's fetch throws when it is called as a method of another object.
  const fetch = options.fetch ?? globalThis.fetch;

  const attempt = async (request: PlatformRequest, signal: AbortSignal, keepalive = false): Promise<PlatformAnswer> => {
    const { method, url, token, body: json } = request;
    const authorization = token !== undefined && { authorization: `Bearer ${token()}` };
    const headers = { accept: 'application/json', ...authorization };
    const init = { method, headers, json, credentials: 'omit', ...noStore, keepalive, signal } as const;
    const { response, text } = await exchange(fetch, url, init).catch(() => {
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
      // An error that is no GuestFailure is the time-out of a try; after that of a poll the guest reconnects.
      const isRepeatable = (error: unknown): boolean =>
        error instanceof GuestFailure ? error.repeatable : request.method === 'GET' && !isPoll;
      const retryAfter = (error: unknown): number | undefined => {
        const { retryAfterSeconds: seconds = 0 } = asFailure(error);
        return isRepeatable(error) && seconds <= longestRetryAfterSeconds ? seconds : undefined;
      };
      let hasPaused = false;
      const onPause = (error: unknown, ms: number): void => {
        hasPaused = !isPoll;
        if (hasPaused) onWait({ reason: asFailure(error).reason, until: clock.now() + ms });
      };
      const work = (trying: AbortSignal): Promise<PlatformAnswer> => {
        if (hasPaused) onWait(undefined);
        return attempt(request, trying);
      };
      const limits = { ...(isPoll ? pollLimits : requestLimits), firstPauseMs };
      const retrying = withRetries(work, { ...limits, clock, random, signal, retryAfter, onPause });
      return retrying.catch((error: unknown) => {
        signal.throwIfAborted();
        throw asFailure(error);
      });
    },

    async remove(url, token, keepalive) {
      const request = { operation: 'application', method: 'DELETE', url, token: () => token } as const;
      const limits = { ...removalLimits, clock, random, signal: undefined };
      await withRetries((trying) => attempt(request, trying, keepalive), limits).catch(() => undefined);
    },
  };
}

/** The answers to a join and a removal have no content. */
function resourceIn(body: Body, { operation, method }: PlatformRequest): unknown {
  if (operation === 'join' || operation === 'application') return undefined;
  if (body.kind === 'json' && body.resource !== undefined) return body.resource;
  const reason = body.kind === 'foreign' ? 'intermediary' : 'unusable-answer';
  throw new GuestFailure(reason, { remedy: 'anew', repeatable: method === 'GET' });
}

function asFailure(error: unknown): GuestFailure {
  return error instanceof GuestFailure ? error : new GuestFailure('unreachable', { remedy: 'anew' });
}
