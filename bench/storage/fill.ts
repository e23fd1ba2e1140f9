import { TableClient } from '@azure/data-tables';
import { makeRows } from '../tokens/row.ts';

/** The two tables of guests, behind the SDK. */
interface Store {
  readonly guests: TableClient;
  readonly entries: TableClient;
}

export function openStore(connectionString: string): Store {
  const open = (table: string): TableClient =>
    TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
  return { guests: open('guests'), entries: open('meetingGuests') };
}

const meetingSize = 20;
const guestsAtOnce = 32;

/**
 * Puts guests in, twenty to a meeting, until there are `count` or it is `stopAt` (by performance.now()). Every guest is a
 * partition of its own, so there is no batch for them; a meeting's entries go in one. Resolves to how many there are.
 */
export async function fill(store: Store, count: number, expiresAt: Date, stopAt: number): Promise<number> {
  let begun = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (begun < count && performance.now() < stopAt) {
      const size = Math.min(meetingSize, count - begun);
      begun += size;
      const meeting = Array.from({ length: size }, makeRows);
      const meetingKey = `k1.${meeting[0]?.guest.partitionKey ?? ''}`;
      await store.entries.submitTransaction(
        meeting.map(({ entry }) => ['upsert', { ...entry, partitionKey: meetingKey, expiresAt }, 'Replace']),
      );
      for (const { guest } of meeting) {
        await store.guests.createEntity({ ...guest, meetingIndex: meetingKey, expiresAt });
        done += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: guestsAtOnce }, lane));
  return done;
}
