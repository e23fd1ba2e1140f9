import * as z from 'zod';
import { unlessCondition, type Table } from '../azure/tables.ts';
import { verdicts } from './verdict.ts';

const columns = z.object({
  /** The application that subscribed; absent: the holders of function keys. */
  owner: z.string().optional(),
  /** The callback URL, sealed: it carries the right to start a flow. */
  sealed: z.string(),
  createdAt: z.date(),
  /** The verdict that the subscriber knows. */
  told: z.enum(verdicts),
  /** When a run set about telling another one; absent when it has come to an end. */
  claimedAt: z.date().optional(),
});

/** A subscription to health changes: PartitionKey `health`, RowKey the subscriptionId. */
export interface Subscription extends Readonly<z.infer<typeof columns>> {
  readonly subscriptionId: string;
}

export interface StoredSubscription extends Subscription {
  readonly etag: string;
}

/** Rows of the table `healthSubscriptions`. Every method throws `storage-unavailable`. */
export interface SubscriptionTable {
  /** All of them: there are about 50 at most. */
  list(): Promise<StoredSubscription[]>;
  read(subscriptionId: string): Promise<StoredSubscription | undefined>;
  /** Writes the row whatever there was. */
  put(row: Subscription): Promise<StoredSubscription>;
  /** Undefined if the row was changed or deleted since `etag`. */
  replace(row: Subscription, etag: string): Promise<StoredSubscription | undefined>;
  /** False if the row was changed or deleted since `etag`. */
  delete(subscriptionId: string, etag: string): Promise<boolean>;
}

export const subscriptionTableName = 'healthSubscriptions';
export const subscriptionPartition = 'health';

/** The table's operations on typed rows. */
export function createSubscriptionTable(table: Table): SubscriptionTable {
  const entityOf = (row: Subscription) => ({
    partitionKey: subscriptionPartition,
    rowKey: row.subscriptionId,
    ...columns.parse(row),
  });

  return {
    list: () =>
      table.call(async (client, abortSignal) => {
        const { odata } = await import('@azure/data-tables');
        const filter = odata`PartitionKey eq ${subscriptionPartition}`;
        const found: StoredSubscription[] = [];
        for await (const entity of client.listEntities({ queryOptions: { filter }, abortSignal })) {
          found.push({ ...columns.parse(entity), subscriptionId: entity.rowKey ?? '', etag: entity.etag });
        }
        return found;
      }),
    read: (subscriptionId) =>
      unlessCondition(
        table.call(async (client, abortSignal) => {
          const entity = await client.getEntity(subscriptionPartition, subscriptionId, { abortSignal });
          return { ...columns.parse(entity), subscriptionId, etag: entity.etag };
        }),
      ),
    put: (row) =>
      table.call(async (client, abortSignal) => {
        const { etag } = await client.upsertEntity(entityOf(row), 'Replace', { abortSignal });
        return { ...row, etag: etag ?? '' };
      }),
    replace: (row, etag) =>
      unlessCondition(
        table.call(async (client, abortSignal) => {
          const written = await client.updateEntity(entityOf(row), 'Replace', { etag, abortSignal });
          return { ...row, etag: written.etag ?? '' };
        }),
      ),
    async delete(subscriptionId, etag) {
      const deleted = await unlessCondition(
        table.call(async (client, abortSignal) => {
          await client.deleteEntity(subscriptionPartition, subscriptionId, { etag, abortSignal });
          return true;
        }),
      );
      return deleted ?? false;
    },
  };
}
