import { unlessCondition, type Table } from '../azure/tables.ts';

/** An entry of the index as it was written, for taking back exactly that write. */
export interface IndexEntry {
  readonly meetingIndex: string;
  readonly guestId: string;
  readonly etag: string;
}

/** Who is in a meeting: table `meetingGuests`, PartitionKey `<kid>.<HMAC of the meeting>`, RowKey guestId. */
export interface MeetingIndex {
  put(meetingIndex: string, guestId: string, expiresAt: Date): Promise<IndexEntry>;
  /** Deletes the entry, whoever wrote it; an absent one is fine. */
  drop(meetingIndex: string, guestId: string): Promise<void>;
  /** Deletes the entry unless it was written again since. */
  takeBack(entry: IndexEntry): Promise<void>;
  /** Up to `limit` guestIds after `after`, in their order; fewer than `limit` means that there are no more. */
  list(meetingIndex: string, after: string, limit: number): Promise<string[]>;
}

export const meetingIndexTableName = 'meetingGuests';

/** The index's operations. Every method throws `storage-unavailable`. */
export function createMeetingIndex(table: Table): MeetingIndex {
  const remove = async (partitionKey: string, rowKey: string, etag: string): Promise<void> => {
    await unlessCondition(
      table.call((client, abortSignal) => client.deleteEntity(partitionKey, rowKey, { etag, abortSignal })),
    );
  };

  return {
    put: (meetingIndex, guestId, expiresAt) =>
      table.call(async (client, abortSignal) => {
        const entity = { partitionKey: meetingIndex, rowKey: guestId, expiresAt };
        const { etag } = await client.upsertEntity(entity, 'Replace', { abortSignal });
        return { meetingIndex, guestId, etag: etag ?? '' };
      }),
    drop: (meetingIndex, guestId) => remove(meetingIndex, guestId, '*'),
    takeBack: ({ meetingIndex, guestId, etag }) => remove(meetingIndex, guestId, etag),
    list: (meetingIndex, after, limit) =>
      table.call(async (client, abortSignal) => {
        // Both values are checked before they come here, but quoting is the SDK's business all the same.
        const { odata } = await import('@azure/data-tables');
        const filter = odata`PartitionKey eq ${meetingIndex} and RowKey gt ${after}`;
        const found: string[] = [];
        const entities = client.listEntities({ queryOptions: { filter, select: ['rowKey'] }, abortSignal });
        for await (const { rowKey } of entities) {
          if (rowKey) found.push(rowKey);
          if (found.length === limit) break;
        }
        return found;
      }),
  };
}
