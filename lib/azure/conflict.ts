import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { Problem } from '../problem.ts';

/** A row that a write rests on was changed by somebody else, and has to be read again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';

  constructor() {
    super('The row was changed meanwhile.');
  }
}

/**
 * Runs `work`, and again while it throws {@link ConflictError}, with pauses that grow and jitter. Throws
 * `storage-unavailable` after `retries` more tries.
 * @param work gets the number of tries before this one; from the second on it has to read the row again
 */
export async function retryOnConflict<T>(retries: number, work: (triesBefore: number) => Promise<T>): Promise<T> {
  const policy = retry(handleType(ConflictError), {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 200 }),
  });
  try {
    return await policy.execute(({ attempt }) => work(attempt));
  } catch (error) {
    throw error instanceof ConflictError ? tooManyConflicts(error) : error;
  }
}

/** 503: others write the same row all the time; the same request will do later. */
export function tooManyConflicts(cause?: unknown): Problem {
  return new Problem('storage-unavailable', 'The same row is written too often at once; send the same request again.', {
    retryAfterSeconds: 1,
    cause,
  });
}
