import { rowCondition, type Table } from '../azure/tables.ts';
import { unexpired } from './guestState.ts';
import type { GuestDependencies } from './tokenRow.ts';

/** A row past its time, by its keys and the ETag that it was listed with. */
interface ExpiredRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag: string;
}

/** A table whose rows carry `expiresAt`. */
interface Purgeable {
  readonly name: string;
  readonly table: Table;
  /** Asked before a row is deleted; a later date means that it is still needed until then. */
  readonly neededUntil?: (row: ExpiredRow) => Promise<Date | undefined>;
}

interface PurgeOptions {
  readonly tables: readonly Purgeable[];
  readonly now?: () => number;
  readonly rowsAtOnce?: number;
  /** How many rows are listed by one call. Default: as many as a table gives at most. */
  readonly pageSize?: number;
  /** A run stops after this and goes on next time; Functions would cut it off after five minutes. */
  readonly timeLimitMs?: number;
}

export interface PurgeResult {
  readonly deleted: Readonly<Record<string, number>>;
  /** False if the time was up before the end. */
  readonly complete: boolean;
}

/**
 * Deletes rows past their `expiresAt`, each under its ETag: a row that was written again meanwhile stays. May run twice
 * at once. Throws `storage-unavailable`; what was deleted stays deleted.
 */
export async function purgeExpired({
  tables,
  now = Date.now,
  rowsAtOnce = 16,
  pageSize = 1_000,
  timeLimitMs = 4 * 60_000,
}: PurgeOptions): Promise<PurgeResult> {
  const stopAt = now() + timeLimitMs;
  const deleted: Record<string, number> = {};
  for (const { name, table, neededUntil } of tables) {
    deleted[name] = 0;
    let batch: ExpiredRow[] = [];
    const finish = async (): Promise<void> => {
      const outcomes = await Promise.all(batch.map((row) => purgeRow(table, row, neededUntil)));
      deleted[name] = (deleted[name] ?? 0) + outcomes.filter(Boolean).length;
      batch = [];
    };
    for await (const row of expiredRows(table, new Date(now()), pageSize)) {
      batch.push(row);
      if (batch.length < rowsAtOnce) continue;
      await finish();
      if (now() >= stopAt) return { deleted, complete: false };
    }
    await finish();
  }
  return { deleted, complete: true };
}

async function* expiredRows(table: Table, before: Date, maxPageSize: number): AsyncGenerator<ExpiredRow> {
  let continuationToken: string | undefined;
  do {
    // Page by page, so that the time limit of a storage call is that of one page and not of the whole purge.
    const page = await table.call(async (client, abortSignal) => {
      const { odata } = await import('@azure/data-tables');
      const queryOptions = { filter: odata`expiresAt lt ${before}`, select: ['partitionKey', 'rowKey'] };
      const pages = client.listEntities({ queryOptions, abortSignal }).byPage({
        maxPageSize,
        ...(continuationToken && { continuationToken }),
      });
      for await (const entities of pages) return entities;
      return undefined;
    });
    for (const { partitionKey, rowKey, etag } of page ?? []) {
      if (partitionKey !== undefined && rowKey !== undefined) yield { partitionKey, rowKey, etag };
    }
    continuationToken = (page as { continuationToken?: string } | undefined)?.continuationToken;
  } while (continuationToken);
}

async function purgeRow(table: Table, row: ExpiredRow, neededUntil: Purgeable['neededUntil']): Promise<boolean> {
  const { partitionKey, rowKey, etag } = row;
  const expiresAt = await neededUntil?.(row);
  try {
    await table.call(async (client, abortSignal) =>
      expiresAt
        ? client.updateEntity({ partitionKey, rowKey, expiresAt }, 'Merge', { etag, abortSignal })
        : client.deleteEntity(partitionKey, rowKey, { etag, abortSignal }),
    );
    return !expiresAt;
  } catch (error) {
    if (rowCondition(error)) return false;
    throw error;
  }
}

/**
 * Until when an index entry is needed: for as long as its guest is in that meeting. Rejoins do not touch the index, which
 * would cost every one of them a write; the purge brings its date up to the guest's.
 */
export async function indexEntryNeededUntil(
  { guests, now }: Pick<GuestDependencies, 'guests' | 'now'>,
  { partitionKey, rowKey }: ExpiredRow,
): Promise<Date | undefined> {
  const guest = unexpired(await guests.read(rowKey), now());
  return guest?.state === 'active' && guest.meetingIndex === partitionKey ? guest.expiresAt : undefined;
}
