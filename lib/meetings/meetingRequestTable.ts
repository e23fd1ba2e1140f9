import * as z from 'zod';
import { rowCondition, unlessCondition, type Table } from '../azure/tables.ts';

const columns = z.object({
  /** `claimed`: being carried out since `claimedAt`; `done`: `sealed` has the meeting. */
  state: z.enum(['claimed', 'done']),
  claimedAt: z.date(),
  /** Sealed: what was asked, and once it is done the meeting. */
  sealed: z.string(),
  expiresAt: z.date(),
});

/** A request with an idempotency key: PartitionKey is the digest of caller, endpoint and key, RowKey `request`. */
export interface MeetingRequestRow extends Readonly<z.infer<typeof columns>> {
  readonly requestId: string;
}

export interface StoredMeetingRequest extends MeetingRequestRow {
  readonly etag: string;
}

/** Rows of the table `meetingRequests`. Every method throws `storage-unavailable`. */
export interface MeetingRequestTable {
  read(requestId: string): Promise<StoredMeetingRequest | undefined>;
  /** Inserts the row, or replaces that of `etag`; undefined if somebody else wrote first. */
  write(row: MeetingRequestRow, etag: string | undefined): Promise<StoredMeetingRequest | undefined>;
  /** Deletes the row unless it was written again since. */
  release(row: StoredMeetingRequest): Promise<void>;
}

export const meetingRequestTableName = 'meetingRequests';
export const meetingRequestRowKey = 'request';

/** The table's operations on typed rows. */
export function createMeetingRequestTable(table: Table): MeetingRequestTable {
  const read = async (requestId: string): Promise<StoredMeetingRequest | undefined> => {
    try {
      return await table.call(async (client, abortSignal) => {
        const entity = await client.getEntity(requestId, meetingRequestRowKey, { abortSignal });
        return { ...columns.parse(entity), requestId, etag: entity.etag };
      });
    } catch (error) {
      if (rowCondition(error) === 'absent') return undefined;
      throw error;
    }
  };

  return {
    read,
    async write(row, etag) {
      const entity = { partitionKey: row.requestId, rowKey: meetingRequestRowKey, ...columns.parse(row) };
      try {
        return await table.call(async (client, abortSignal) => {
          const written =
            etag === undefined
              ? await client.createEntity(entity, { abortSignal })
              : await client.updateEntity(entity, 'Replace', { etag, abortSignal });
          return { ...row, etag: written.etag ?? '' };
        });
      } catch (error) {
        if (!rowCondition(error)) throw error;
        // It may be our own write come round again: the SDK repeats a call whose answer was lost. Every seal has a nonce.
        const stored = await read(row.requestId);
        return stored?.sealed === row.sealed ? stored : undefined;
      }
    },
    async release({ requestId, etag }) {
      await unlessCondition(
        table.call((client, abortSignal) =>
          client.deleteEntity(requestId, meetingRequestRowKey, { etag, abortSignal }),
        ),
      );
    },
  };
}
