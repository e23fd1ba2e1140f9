import { RowChanged, whileRowChanges } from './contention.ts';
import type { GuestTable, StoredGuest } from './guestTable.ts';
import { createTurns } from './turns.ts';

export interface RejoinRecorderOptions {
  table: GuestTable;
  /** The row as it stands after `rejoins` more tokens. */
  advance: (row: StoredGuest, rejoins: number) => Promise<StoredGuest>;
  /** The row if its guest may get a token; throws otherwise. Undefined means that the row is gone. */
  requireActive: (row: StoredGuest | undefined) => StoredGuest;
}

/**
 * Writes rejoins into the guest's row under its ETag. Of one guest this process writes once at a time; rejoins that
 * arrive meanwhile share the next write. So a storm on one guest costs two writes a process, and processes meet each
 * other a few times instead of a hundred.
 */
export function createRejoinRecorder({ table, advance, requireActive }: RejoinRecorderOptions): {
  /** Records one rejoin of the guest whose row was just read; answers with the row as written for it. */
  record(seen: StoredGuest): Promise<StoredGuest>;
} {
  const write = (seen: StoredGuest, rejoins: number): Promise<StoredGuest> => {
    let row = seen;
    return whileRowChanges(3, async (triesBefore) => {
      if (triesBefore > 0) row = requireActive(await table.read(row.guestId));
      const written = await table.replace(await advance(row, rejoins), row.etag);
      if (!written) throw new RowChanged();
      return written;
    });
  };

  const takeTurn = createTurns<StoredGuest, StoredGuest>(async (seen, last) => {
    const row = await write(last ?? seen[0], seen.length);
    const before = row.rejoinCount - seen.length;
    return seen.map((_, index) => ({ ...row, rejoinCount: before + index + 1 }));
  });

  return { record: (seen) => takeTurn(seen.guestId, seen) };
}
