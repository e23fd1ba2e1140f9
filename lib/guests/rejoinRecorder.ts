import { replaceActive, turnKeyOf, type ReplaceOptions } from './contention.ts';
import type { StoredGuest } from './guestTable.ts';
import { coalesce } from '../coalesce.ts';

export interface RejoinRecorderOptions extends ReplaceOptions {
  /** The row as it stands after `rejoins` more tokens. */
  readonly advance: (row: StoredGuest, rejoins: number) => Promise<StoredGuest>;
}

/**
 * Writes rejoins into the guest's row under its ETag. Of one guest this process writes once at a time; rejoins that
 * arrive meanwhile share the next write. So a storm on one guest costs two writes a process, and processes meet each
 * other a few times instead of a hundred.
 */
export function createRejoinRecorder({ advance, ...options }: RejoinRecorderOptions): {
  /** Records one rejoin of the guest whose row was just read; answers with the row as written for it. */
  record(seen: StoredGuest): Promise<StoredGuest>;
} {
  const takeTurn = coalesce<StoredGuest, StoredGuest>(async (seen, last) => {
    const row = await replaceActive(options, last ?? seen[0], (known) => advance(known, seen.length));
    const before = row.rejoinCount - seen.length;
    return seen.map((_, index) => ({ ...row, rejoinCount: before + index + 1 }));
  });

  return { record: (seen) => takeTurn(turnKeyOf(seen), seen) };
}
