import * as z from 'zod';
import type { Table } from '../azure/tables.ts';
import { column, TypedRows, type StoredRow } from '../azure/typedRows.ts';
import { parseJson } from '../json.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { open, seal, type SealedPlace } from '../sealing/sealing.ts';

const columns = z.object({
  state: z.enum(['active', 'removed']),
  platform: z.string(),
  /** The application whose guest this is; absent: the holders of function keys. */
  owner: z.string().optional(),
  /** {@link SealedGuest}; empty once the guest is removed. */
  sealed: z.string(),
  meetingIndex: z.string(),
  createdAt: column.date,
  lastTokenAt: column.date,
  /** An upper bound: no token of this guest is valid for longer. */
  tokensValidUntil: column.date,
  rejoinCount: column.integer,
  removedAt: column.date.optional(),
  /** From here on every endpoint answers as if the row were absent. */
  expiresAt: column.date,
});

/** A guest's row (docs/design.md, "Guests and their rows"): PartitionKey is the guestId, RowKey `guest`. */
export interface GuestRow extends Readonly<z.output<typeof columns>> {
  readonly guestId: string;
}

/** A row as it was read or written last, with the ETag that a conditional write needs. */
export interface StoredGuest extends GuestRow {
  readonly etag: string;
}

export const guestTableName = 'guests';
const rowKey = 'guest';

/** Rows of the table `guests`. Every method throws `storage-unavailable`. */
export class GuestTable {
  readonly #rows: TypedRows<typeof columns>;

  constructor(table: Table) {
    this.#rows = new TypedRows(table, columns);
  }

  /** Undefined if the row is absent; expired rows are returned, the caller knows the time. */
  async read(guestId: string): Promise<StoredGuest | undefined> {
    return stored(await this.#rows.read({ partitionKey: guestId, rowKey }));
  }

  /** Undefined if there is a row already. */
  async insert(row: GuestRow): Promise<StoredGuest | undefined> {
    return stored(await this.#rows.insert({ partitionKey: row.guestId, rowKey }, row));
  }

  /** Undefined if the row was changed or deleted since `etag`. */
  async replace(row: GuestRow, etag: string): Promise<StoredGuest | undefined> {
    return stored(await this.#rows.replace({ partitionKey: row.guestId, rowKey }, row, etag));
  }

  /** False if the row was changed since `etag`. */
  delete(guestId: string, etag: string): Promise<boolean> {
    return this.#rows.delete({ partitionKey: guestId, rowKey }, etag);
  }
}

function stored(row: StoredRow<typeof columns> | undefined): StoredGuest | undefined {
  if (!row) return undefined;
  const { partitionKey: guestId, rowKey: _, ...values } = row;
  return { guestId, ...values };
}

const content = z.object({
  /** The meeting's link as it was given last. */
  meetingUrl: z.string(),
  /** As the platform read the link: equal for all links of the meeting. */
  meetingKey: z.string(),
  allowedOrigins: z.array(z.string()),
  /** What the platform knows the guest by, where the row keeps that. */
  identity: z.string().optional(),
});

/** What the row keeps unreadable. */
type SealedGuest = Readonly<z.infer<typeof content>>;

/** Seals a guest for the row of `guestId`, with the ring's newest key. */
export function sealGuest(ring: KeyRing, guestId: string, guest: SealedGuest): Promise<string> {
  return seal(ring, placeOf(guestId), JSON.stringify(guest));
}

// The steps of one request ask for the same row's content.
const opened = new WeakMap<StoredGuest, SealedGuest>();

/** Opens the sealed column of a row, once per row read; throws `secrets-unavailable` or `internal`. */
export async function openGuest(ring: KeyRing, row: StoredGuest): Promise<SealedGuest> {
  const known = opened.get(row);
  if (known) return known;
  const guest = content.parse(parseJson(await open(ring, placeOf(row.guestId), row.sealed)));
  opened.set(row, guest);
  return guest;
}

function placeOf(guestId: string): SealedPlace {
  return { table: guestTableName, partitionKey: guestId, rowKey, column: 'sealed' };
}
