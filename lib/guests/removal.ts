import type { AdmissionOptions } from './admission.ts';
import { RowChanged, whileRowChanges } from './contention.ts';
import type { StoredGuest } from './guestTable.ts';
import type { CallerId } from '../settings/callers.ts';
import { guestNotFound, ownedBy, unexpired } from './standing.ts';

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
export function createRemoval({
  guests,
  index,
  retentionHours,
  now,
}: AdmissionOptions): (guestId: string, caller?: CallerId) => Promise<Removal> {
  const buryOnce = async (guestId: string, caller: CallerId): Promise<StoredGuest> => {
    const row = unexpired(ownedBy(await guests.read(guestId), caller), now());
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
    const buried = await guests.replace(tombstone, row.etag);
    if (!buried) throw new RowChanged();
    return buried;
  };

  return async (guestId, caller = '') => {
    const row = await whileRowChanges(5, () => buryOnce(guestId, caller));
    await index.drop(row.meetingIndex, guestId);
    return { guestId, removedAt: row.removedAt ?? row.lastTokenAt, tokensValidUntil: row.tokensValidUntil };
  };
}
