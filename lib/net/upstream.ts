import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  handleWhenResult,
  retry,
  type CircuitBreakerPolicy,
  type RetryPolicy,
} from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { retryAfterBackoff, retryAfterSeconds } from './retryAfter.ts';
import { UpstreamFailure, type Transport, type UpstreamAnswer } from './transport.ts';
import { untilAborted } from './untilAborted.ts';

/** Over which transport, and how often it is asked. */
export interface UpstreamOptions {
  transport: Transport;
  /** Tries of one request, the first included. */
  attempts?: number;
  /** Before the second try; grows and jitters from there. */
  initialDelayMs?: number;
  /** A `Retry-After` beyond this is the caller's to wait for, not ours: a request has 15 s in all. */
  longestWaitMs?: number;
  /** Outages in a row after which a host is not asked any more, and for how long. */
  breakAfter?: number;
  halfOpenAfterMs?: number;
}

// Hosts are named by upstreams. A breaker that falls out is a closed one again: at worst a server that is down is asked
// some more times.
const maxBreakers = 500;

/** The servers of one meeting platform: a transport with retries, with jitter, and a breaker per host. */
export class Upstream {
  /** Sends a request that may be repeated: again on 429, 503 and connection errors; refused at once by an open breaker. */
  readonly send: Transport;
  /**
   * Sends a request that must not be carried out twice: again on 429 only, which says that nothing was done. After a 503
   * or a lost connection nobody knows. Through the same breakers.
   */
  readonly sendAtMostOnce: Transport;
  /** Sends once, past retries and breaker: what a health check wants to see. */
  readonly probe: Transport;

  readonly #breakers = new LRUCache<string, CircuitBreakerPolicy>({ max: maxBreakers });
  readonly #options: UpstreamOptions;

  constructor(options: UpstreamOptions) {
    const { transport, attempts = 3, initialDelayMs = 100, longestWaitMs = 2_000 } = options;
    const retryOptions = { maxAttempts: attempts - 1, backoff: retryAfterBackoff(initialDelayMs) };
    const worthRepeating = (statuses: readonly number[]) => (answer: unknown) =>
      isAnswer(answer) && statuses.includes(answer.status) && 1_000 * (retryAfterSeconds(answer) ?? 0) <= longestWaitMs;
    this.#options = options;
    this.probe = transport;
    this.send = this.#sendBy(retry(handleWhen(isLost).orWhenResult(worthRepeating([429, 503])), retryOptions));
    this.sendAtMostOnce = this.#sendBy(retry(handleWhenResult(worthRepeating([429])), retryOptions));
  }

  #sendBy(retrying: RetryPolicy): Transport {
    return async (request, signal) => {
      const breaker = this.#breakerOf(request.url.host);
      const tryOnce = async (): Promise<UpstreamAnswer> => {
        // The caller may have gone in the pause: that is no trial of the host.
        if (signal.aborted) throw new UpstreamFailure('cancelled');
        // While one call tries whether the host is back, the others do not queue up behind it.
        if (breaker.state === CircuitState.HalfOpen) throw new UpstreamFailure('unreachable');
        return breaker.execute(() => this.#options.transport(request, signal));
      };
      try {
        // The pause between two tries ends with the request, which the retry policy would sleep through.
        return await untilAborted(retrying.execute(tryOnce, signal), signal);
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw new UpstreamFailure('unreachable', error);
        throw error;
      }
    };
  }

  #breakerOf(host: string): CircuitBreakerPolicy {
    const known = this.#breakers.get(host);
    if (known) return known;
    const { breakAfter = 5, halfOpenAfterMs = 5_000 } = this.#options;
    // A trial whose caller gave up has not shown that the host is back.
    const isFailure = (error: Error): boolean =>
      isOutage(error) || (isCancelled(error) && breaker.state === CircuitState.HalfOpen);
    const breaker = circuitBreaker(handleWhen(isFailure).orWhenResult(isDown), {
      breaker: new ConsecutiveBreaker(breakAfter),
      halfOpenAfter: halfOpenAfterMs,
    });
    this.#breakers.set(host, breaker);
    return breaker;
  }
}

function isLost(error: Error): boolean {
  return error instanceof UpstreamFailure && error.code === 'connection';
}

function isOutage(error: Error): boolean {
  return error instanceof UpstreamFailure && (error.code === 'connection' || error.code === 'timeout');
}

function isCancelled(error: Error): boolean {
  return error instanceof UpstreamFailure && error.code === 'cancelled';
}

function isDown(answer: unknown): boolean {
  return isAnswer(answer) && (answer.status === 502 || answer.status === 503 || answer.status === 504);
}

// The policies are typed for any value; what runs through these is our transport.
function isAnswer(value: unknown): value is UpstreamAnswer {
  return typeof value === 'object' && value !== null && 'status' in value;
}
