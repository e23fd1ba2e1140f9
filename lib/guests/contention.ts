import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import type { GuestRow, GuestTable, StoredGuest } from './guestTable.ts';
import { contested, ownedBy } from './standing.ts';

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

/** The key under which requests share their turns: never with those of a caller who has begun anew with the same id. */
export function turnKeyOf({ guestId, owner = '' }: GuestRow): string {
  return `${guestId} ${owner}`;
}

export interface ReplaceOptions {
  readonly table: GuestTable;
  /** The row if its guest may get a token; throws otherwise. Undefined means that the row is gone. */
  readonly requireActive: (row: StoredGuest | undefined) => StoredGuest;
}

/**
 * Replaces a row that was just read by what `next` makes of it; made again from the row as it then is, while it changes. A
 * row that has become another caller's counts as gone.
 */
export function replaceActive(
  { table, requireActive }: ReplaceOptions,
  seen: StoredGuest,
  next: (row: StoredGuest) => Promise<GuestRow>,
): Promise<StoredGuest> {
  let row = seen;
  return whileRowChanges(3, async (triesBefore) => {
    if (triesBefore > 0) row = requireActive(ownedBy(await table.read(seen.guestId), seen.owner ?? ''));
    const written = await table.replace(await next(row), row.etag);
    if (!written) throw new RowChanged();
    return written;
  });
}
