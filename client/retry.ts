import { pause, untilAborted, type Timing } from './clock.ts';
import { AnonymousJoinProblem, unreachable } from './problem.ts';

/** How long a request is tried. */
export interface RetryLimits {
  /** How often it is sent, the first time included. Default: 4. */
  readonly tries?: number | undefined;
  /** For all tries and the pauses between them. Default: 30,000. */
  readonly totalMs?: number | undefined;
  /** For one try. Default: 20,000, since the service answers within 15 s or so. */
  readonly tryMs?: number | undefined;
  /** About how long the first pause is; each further one is twice as long, up to 5 s. Default: 300. */
  readonly firstPauseMs?: number | undefined;
}

interface RetryOptions extends RetryLimits, Timing {
  readonly signal: AbortSignal | undefined;
  /** How many seconds to wait at least after an error; undefined: the error is final. Default: as a problem says. */
  readonly retryAfter?: ((error: unknown) => number | undefined) | undefined;
  /** Called before each pause. */
  readonly onPause?: ((error: unknown, ms: number) => void) | undefined;
}

const longestPauseMs = 5_000;

/**
 * Does the work until it succeeds, fails finally, or has used up its tries or its time. Between tries it waits as long as
 * the answer's Retry-After says, and a random while more, so that callers who failed together do not come back together.
 */
export async function withRetries<T>(work: (signal: AbortSignal) => Promise<T>, options: RetryOptions): Promise<T> {
  const { tries = 4, totalMs = 30_000, tryMs = 20_000, firstPauseMs = 300, retryAfter = ofProblem } = options;
  const { clock, random, signal, onPause } = options;
  const giveUpAt = clock.now() + totalMs;
  for (let tried = 1; ; tried++) {
    try {
      return await within(Math.min(tryMs, giveUpAt - clock.now()), work, options);
    } catch (error) {
      const afterSeconds = retryAfter(error);
      if (afterSeconds === undefined || tried >= tries) throw error;
      const backoffMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (tried - 1)) * (0.5 + random() / 2);
      const pauseMs = 1_000 * afterSeconds + backoffMs;
      if (clock.now() + pauseMs >= giveUpAt) throw error;
      onPause?.(error, pauseMs);
      await pause(clock, pauseMs, signal);
    }
  }
}

function ofProblem(error: unknown): number | undefined {
  return error instanceof AnonymousJoinProblem && error.transient ? (error.retryAfterSeconds ?? 0) : undefined;
}

/** Does the work with a signal that aborts with the caller's, or as `unreachable` when the time is up. */
async function within<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  { clock, signal }: RetryOptions,
): Promise<T> {
  signal?.throwIfAborted();
  const ended = new AbortController();
  const cancel = clock.after(ms, () => {
    ended.abort(unreachable());
  });
  const passOn = (): void => {
    ended.abort(signal?.reason);
  };
  signal?.addEventListener('abort', passOn);
  try {
    return await untilAborted(work(ended.signal), ended.signal);
  } finally {
    cancel();
    signal?.removeEventListener('abort', passOn);
  }
}
