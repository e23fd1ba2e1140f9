import * as z from 'zod';
import { unlessCondition, type Table } from '../azure/tables.ts';
import { checkVerdict, verdicts, type Check, type Verdict } from './verdict.ts';

/** Rows of the table `discoveryHealth`. Every method throws `storage-unavailable`. */
export interface HealthTable {
  /** Stores a check and counts it in its day. */
  remember(check: Check): Promise<void>;
  /** The newest check of a part. */
  latest(name: string): Promise<Check | undefined>;
  /** What was last told about the service; absent before the first run. */
  readAnnouncement(): Promise<StoredAnnouncement | undefined>;
  /** Undefined if somebody else wrote it since `etag` (undefined: since it was absent). */
  writeAnnouncement(announcement: Announcement, etag: string | undefined): Promise<StoredAnnouncement | undefined>;
}

const verdict = z.enum(verdicts);
const announcement = z.object({
  /** The verdict that the world was told, and since when; from the beginning it counts as told that all is well. */
  told: verdict,
  toldAt: z.date().optional(),
  /** Until the webhook has taken it: the verdict before, and when a run last set about posting it. */
  previous: verdict.optional(),
  claimedAt: z.date().optional(),
  /** Another verdict that one run has seen, and when that run ended: a later run confirms it. */
  candidate: verdict.optional(),
  candidateAt: z.date().optional(),
});
export type Announcement = Readonly<z.infer<typeof announcement>>;
export type StoredAnnouncement = Announcement & { readonly etag: string };

export const healthTableName = 'discoveryHealth';

const keptForMs = 35 * 24 * 60 * 60_000;
const steps = z.array(
  z.object({
    name: z.string(),
    outcome: verdict,
    latencyMs: z.number(),
    action: z.string().exactOptional(),
  }),
);
const checkRow = z.object({ steps: z.string(), checkedAt: z.date(), nextDueAt: z.date() });
/** How many of a day's checks came out how. */
export const dayRow = z.object({ pass: z.int(), warn: z.int(), fail: z.int() });
const announcementKeys = { partitionKey: 'service', rowKey: 'latest' };

/** The table's operations on checks, days and the announcement. */
export function createHealthTable(table: Table): HealthTable {
  /** One more check of that verdict on that day, under the row's ETag; two runs at once both count. */
  const countDay = async (name: string, verdict: Verdict, checkedAt: Date): Promise<void> => {
    const keys = { partitionKey: name, rowKey: `day-${checkedAt.toISOString().slice(0, 10)}` };
    for (let tries = 0; tries < 5; tries++) {
      const found = await unlessCondition(
        table.call((client, abortSignal) => client.getEntity(keys.partitionKey, keys.rowKey, { abortSignal })),
      );
      const counts = found ? dayRow.parse(found) : { pass: 0, warn: 0, fail: 0 };
      const next = { ...keys, ...counts, [verdict]: counts[verdict] + 1, expiresAt: expiryOf(checkedAt) };
      const written = await unlessCondition(
        table.call(async (client, abortSignal) => {
          if (found) await client.updateEntity(next, 'Replace', { etag: found.etag, abortSignal });
          else await client.createEntity(next, { abortSignal });
          return true;
        }),
      );
      if (written) return;
    }
  };

  return {
    async remember(check) {
      const { name, checkedAt, nextDueAt } = check;
      await table.call((client, abortSignal) =>
        client.upsertEntity(
          {
            partitionKey: name,
            rowKey: newestFirst(checkedAt),
            steps: JSON.stringify(check.steps),
            checkedAt,
            nextDueAt,
            expiresAt: expiryOf(checkedAt),
          },
          'Replace',
          { abortSignal },
        ),
      );
      await countDay(name, checkVerdict(check), checkedAt);
    },
    latest: (name) =>
      table.call(async (client, abortSignal) => {
        const { odata } = await import('@azure/data-tables');
        // Inverted times are digits, which sort before the days' rows.
        const filter = odata`PartitionKey eq ${name} and RowKey lt ${'day-'}`;
        const pages = client.listEntities({ queryOptions: { filter }, abortSignal }).byPage({ maxPageSize: 1 });
        for await (const [row] of pages) {
          if (!row) continue;
          return checkOf(name, row);
        }
        return undefined;
      }),
    async readAnnouncement() {
      const { partitionKey, rowKey } = announcementKeys;
      const row = await unlessCondition(
        table.call((client, abortSignal) => client.getEntity(partitionKey, rowKey, { abortSignal })),
      );
      return row && { ...announcement.parse(row), etag: row.etag };
    },
    writeAnnouncement: (next, etag) =>
      unlessCondition(
        table.call(async (client, abortSignal) => {
          const columns = announcement.parse(next);
          const entity = { ...announcementKeys, ...columns };
          const written =
            etag === undefined
              ? await client.createEntity(entity, { abortSignal })
              : await client.updateEntity(entity, 'Replace', { etag, abortSignal });
          return { ...columns, etag: written.etag ?? '' };
        }),
      ),
  };
}

/** A row of one check, as it was remembered. */
export function checkOf(name: string, row: unknown): Check {
  const { checkedAt, nextDueAt, steps: text } = checkRow.parse(row);
  return { name, checkedAt, nextDueAt, steps: steps.parse(JSON.parse(text)) };
}

/** Until when a row of that time is kept. */
export function expiryOf(checkedAt: Date): Date {
  return new Date(checkedAt.getTime() + keptForMs);
}

/** A row key that makes the newest row the first of its partition. */
export function newestFirst(at: Date): string {
  return String(9_999_999_999_999 - at.getTime()).padStart(13, '0');
}
