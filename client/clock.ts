/** Where the client reads the time and sets its timers; a test passes its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds. @returns a function that cancels the timer */
  after(ms: number, callback: () => void): () => void;
}

/** What pauses and renewals depend on; a test passes its own. */
export interface Timing {
  readonly clock: Clock;
  /** From 0 up to 1; spreads the pauses of guests who came or failed together. */
  readonly random: () => number;
}

/** The longest that setTimeout takes; after more it calls back at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock and the timers of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number): void => {
      if (leftMs <= longestTimerMs) timer = setTimeout(callback, leftMs);
      else
        timer = setTimeout(() => {
          wait(leftMs - longestTimerMs);
        }, longestTimerMs);
    };
    wait(ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after so many milliseconds; rejects with the signal's reason when it aborts before. */
export function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let cancel = (): void => undefined;
  const waited = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
  return untilAborted(waited, signal).finally(cancel);
}

/** Settles as the promise, or rejects with the signal's reason if that aborts first. The promise itself goes on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller chooses the reason
      reject(signal.reason);
    };
  });
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
