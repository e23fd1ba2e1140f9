import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { contested } from './standing.ts';

/** The row that a write rests on has changed, and is to be read again. */
export class RowChanged extends Error {}

/**
 * Does `work`, and again while it throws {@link RowChanged}, with pauses that grow and jitter; `storage-unavailable` after
 * `retries` more tries.
 * @param work knows from its argument how many tries came before.
 */
export async function whileRowChanges<T>(retries: number, work: (triesBefore: number) => Promise<T>): Promise<T> {
  const policy = retry(handleType(RowChanged), {
    maxAttempts: retries,
    backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 200 }),
  });
  try {
    return await policy.execute(({ attempt }) => work(attempt));
  } catch (error) {
    throw error instanceof RowChanged ? contested(error) : error;
  }
}
