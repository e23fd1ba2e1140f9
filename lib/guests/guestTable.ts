import * as z from 'zod';
import { rowCondition, type Table } from '../azure/tables.ts';

const columns = z.object({
  state: z.enum(['active', 'removed']),
  platform: z.string(),
  /** The application whose guest this is; absent: the holders of function keys. */
  owner: z.string().optional(),
  /** Sealed (sealedGuest.ts); empty once the guest is removed. */
  sealed: z.string(),
  meetingIndex: z.string(),
  createdAt: z.date(),
  lastTokenAt: z.date(),
  /** An upper bound: no token of this guest is valid for longer. */
  tokensValidUntil: z.date(),
  rejoinCount: z.int(),
  removedAt: z.date().optional(),
  /** From here on every endpoint answers as if the row were absent. */
  expiresAt: z.date(),
});

/** A guest's row (docs/design.md, "Guests and their rows"): PartitionKey is the guestId, RowKey `guest`. */
export interface GuestRow extends Readonly<z.infer<typeof columns>> {
  readonly guestId: string;
}

/** A row as it was read or written last, with the tag that a conditional write needs. */
export interface StoredGuest extends GuestRow {
  readonly etag: string;
}

/** Rows of the table `guests`. Every method throws `storage-unavailable`. */
export interface GuestTable {
  /** Undefined if the row is absent; expired rows are returned, the caller knows the time. */
  read(guestId: string): Promise<StoredGuest | undefined>;
  /** Undefined if there is a row already. */
  insert(row: GuestRow): Promise<StoredGuest | undefined>;
  /** Undefined if the row was changed or deleted since `etag`. */
  replace(row: GuestRow, etag: string): Promise<StoredGuest | undefined>;
  /** False if the row was changed or deleted since `etag`. */
  delete(guestId: string, etag: string): Promise<boolean>;
}

export const guestTableName = 'guests';
export const guestRowKey = 'guest';

/** The table's operations on typed rows. */
export function createGuestTable(table: Table): GuestTable {
  const read = async (guestId: string): Promise<StoredGuest | undefined> => {
    try {
      return await table.call(async (client, abortSignal) => {
        const entity = await client.getEntity(guestId, guestRowKey, { abortSignal });
        return { ...columns.parse(entity), guestId, etag: entity.etag };
      });
    } catch (error) {
      if (rowCondition(error) === 'absent') return undefined;
      throw error;
    }
  };

  /** A condition that failed may be our own write come round again: the SDK repeats a call whose answer was lost. */
  const unlessOurs = async (error: unknown, row: GuestRow): Promise<StoredGuest | undefined> => {
    if (!rowCondition(error)) throw error;
    const stored = await read(row.guestId);
    // Every seal has a nonce of its own, so the sealed column tells whose write it was.
    return stored && row.sealed !== '' && stored.sealed === row.sealed ? stored : undefined;
  };

  return {
    read,
    async insert(row) {
      try {
        return await table.call(async (client, abortSignal) => {
          const { etag } = await client.createEntity(entityOf(row), { abortSignal });
          return { ...row, etag: etag ?? '' };
        });
      } catch (error) {
        return unlessOurs(error, row);
      }
    },
    async replace(row, etag) {
      try {
        return await table.call(async (client, abortSignal) => {
          const written = await client.updateEntity(entityOf(row), 'Replace', { etag, abortSignal });
          return { ...row, etag: written.etag ?? '' };
        });
      } catch (error) {
        return unlessOurs(error, row);
      }
    },
    async delete(guestId, etag) {
      try {
        await table.call((client, abortSignal) => client.deleteEntity(guestId, guestRowKey, { etag, abortSignal }));
        return true;
      } catch (error) {
        if (rowCondition(error)) return false;
        throw error;
      }
    },
  };
}

// Parsed so that nothing but the columns is stored, whatever else the object carries.
function entityOf(row: GuestRow): z.infer<typeof columns> & { partitionKey: string; rowKey: string } {
  return { partitionKey: row.guestId, rowKey: guestRowKey, ...columns.parse(row) };
}
