import { ConflictError, retryOnConflict } from '../azure/conflict.ts';
import { ownerOf, type Caller } from '../callers.ts';
import { guestNotFound, ownedBy, unexpired } from './guestState.ts';
import type { StoredGuest } from './guestTable.ts';
import type { GuestDependencies } from './tokenRow.ts';

/** When a guest was removed, and until when tokens given before may still be good. */
export interface Removal {
  readonly guestId: string;
  readonly removedAt: Date;
  readonly tokensValidUntil: Date;
}

/**
 * Removes a guest: the row becomes a tombstone without sealed data, kept for the retention from now on, so that the
 * session is refused; then the guest leaves the meeting's index. Removing again repeats the answer, and finishes what
 * a first removal left half-done.
 */
export async function remove(deps: GuestDependencies, guestId: string, caller: Caller): Promise<Removal> {
  const row = await retryOnConflict(5, () => writeTombstone(deps, guestId, caller));
  await deps.index.drop(row.meetingIndex, guestId);
  return { guestId, removedAt: row.removedAt ?? row.lastTokenAt, tokensValidUntil: row.tokensValidUntil };
}

async function writeTombstone(
  { guests, retentionHours, now }: GuestDependencies,
  guestId: string,
  caller: Caller,
): Promise<StoredGuest> {
  const row = unexpired(ownedBy(await guests.read(guestId), ownerOf(caller)), now());
  if (!row) throw guestNotFound();
  if (row.state === 'removed') return row;
  const retainedUntil = Math.max(now() + retentionHours * 3_600_000, row.expiresAt.getTime());
  const tombstone = {
    ...row,
    state: 'removed',
    sealed: '',
    removedAt: new Date(now()),
    expiresAt: new Date(retainedUntil),
  } as const;
  const written = await guests.replace(tombstone, row.etag);
  if (!written) throw new ConflictError();
  return written;
}
