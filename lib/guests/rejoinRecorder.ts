import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { Problem } from '../problem.ts';
import type { GuestTable, StoredGuest } from './guestTable.ts';

/** The row that a rejoin counts on has changed, and is to be read again. */
class RowChanged extends Error {}

export interface RejoinRecorderOptions {
  table: GuestTable;
  /** The row as it stands after `rejoins` more tokens. */
  advance: (row: StoredGuest, rejoins: number) => Promise<StoredGuest>;
  /** The row if its guest may get a token; throws otherwise. Undefined means that the row is gone. */
  requireActive: (row: StoredGuest | undefined) => StoredGuest;
}

interface Waiting {
  readonly seen: StoredGuest;
  readonly resolve: (row: StoredGuest) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes rejoins into the guest's row under its ETag. Of one guest this process writes once at a time; rejoins that
 * arrive meanwhile share the next write. So a storm on one guest costs two writes a process, and processes meet each
 * other a few times instead of a hundred. A shared write begins after all who share it have arrived, so that none of
 * them rests on a row older than its own request.
 */
export function createRejoinRecorder({ table, advance, requireActive }: RejoinRecorderOptions): {
  /** Records one rejoin of the guest whose row was just read; answers with the row as written for it. */
  record(seen: StoredGuest): Promise<StoredGuest>;
} {
  const queues = new Map<string, Waiting[]>();

  const write = (seen: StoredGuest, rejoins: number): Promise<StoredGuest> => {
    let row = seen;
    const policy = retry(handleType(RowChanged), {
      maxAttempts: 3,
      backoff: new ExponentialBackoff({ initialDelay: 15, maxDelay: 200 }),
    });
    return policy
      .execute(async ({ attempt }) => {
        if (attempt > 0) row = requireActive(await table.read(row.guestId));
        const written = await table.replace(await advance(row, rejoins), row.etag);
        if (!written) throw new RowChanged();
        return written;
      })
      .catch((error: unknown) => {
        if (!(error instanceof RowChanged)) throw error;
        throw new Problem(
          'storage-unavailable',
          'The guest is asked for too often at once; send the same request again.',
          {
            retryAfterSeconds: 1,
            cause: error,
          },
        );
      });
  };

  const drain = async (guestId: string, queue: Waiting[]): Promise<void> => {
    let last: StoredGuest | undefined;
    for (let batch = queue.splice(0); batch.length > 0; batch = queue.splice(0)) {
      const [first] = batch;
      if (!first) break;
      try {
        const row = await write(last ?? first.seen, batch.length);
        last = row;
        const before = row.rejoinCount - batch.length;
        batch.forEach(({ resolve }, index) => {
          resolve({ ...row, rejoinCount: before + index + 1 });
        });
      } catch (error) {
        last = undefined;
        batch.forEach(({ reject }) => {
          reject(error);
        });
      }
    }
    queues.delete(guestId);
  };

  return {
    record: (seen) =>
      new Promise((resolve, reject) => {
        const waiting = { seen, resolve, reject };
        const queue = queues.get(seen.guestId);
        if (queue) {
          queue.push(waiting);
          return;
        }
        const started = [waiting];
        queues.set(seen.guestId, started);
        void drain(seen.guestId, started);
      }),
  };
}
