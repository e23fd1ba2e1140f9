import { createHmac } from 'node:crypto';
import * as z from 'zod';
import type { Table } from '../azure/tables.ts';
import { column, TypedRows, type StoredRow } from '../azure/typedRows.ts';
import type { RingKey } from '../sealing/keyRing.ts';

const columns = z.object({ expiresAt: column.date });

/** An entry of the index as it was written, for taking back exactly that write. */
export type IndexEntry = StoredRow<typeof columns>;

export const meetingIndexTableName = 'meetingGuests';

/**
 * Who is in a meeting: table `meetingGuests`, PartitionKey {@link meetingIndexOf}, RowKey guestId. Every method throws
 * `storage-unavailable`.
 */
export class MeetingIndex {
  readonly #rows: TypedRows<typeof columns>;

  constructor(table: Table) {
    this.#rows = new TypedRows(table, columns);
  }

  put(meetingIndex: string, guestId: string, expiresAt: Date): Promise<IndexEntry> {
    return this.#rows.put({ partitionKey: meetingIndex, rowKey: guestId }, { expiresAt });
  }

  /** Deletes the entry, whoever wrote it; an absent one is fine. */
  async drop(meetingIndex: string, guestId: string): Promise<void> {
    await this.#rows.delete({ partitionKey: meetingIndex, rowKey: guestId }, '*');
  }

  /** Deletes the entry unless it was written again since. */
  async takeBack(entry: IndexEntry): Promise<void> {
    await this.#rows.delete(entry, entry.etag);
  }

  /** Up to `limit` guestIds after `after`, in their order; fewer than `limit` means that there are no more. */
  async list(meetingIndex: string, after: string, limit: number): Promise<string[]> {
    const entries = await this.#rows.list({ partitionKey: meetingIndex, after, most: limit });
    return entries.map(({ rowKey }) => rowKey);
  }
}

/** Names a meeting in the index without telling which one it is: `<kid>.<HMAC-SHA-256 of the meetingKey>`. */
export function meetingIndexOf(key: RingKey, meetingKey: string): string {
  return `${key.kid}.${createHmac('sha256', key.indexing).update(meetingKey).digest('base64url')}`;
}
