import * as z from 'zod';
import type { Table } from '../azure/tables.ts';
import type { HealthChange } from './change.ts';
import { checkOf, dayRow, expiryOf, newestFirst } from './healthTable.ts';
import { verdicts, type Check } from './verdict.ts';

/** How many of a day's checks came out how. */
export interface Day extends Readonly<z.infer<typeof dayRow>> {
  /** `2026-11-21`, by UTC. */
  readonly date: string;
}

/** A change of the verdict that has been told. */
export type PastChange = Readonly<z.infer<typeof changeRow>> & Pick<HealthChange, 'checks'>;

/** What the table `discoveryHealth` knows of the past. Every method throws `storage-unavailable`. */
export interface HistoryTable {
  /** A part's checks since then, oldest first. */
  checksSince(name: string, since: Date): Promise<Check[]>;
  /** A part's days since that one, oldest first, without those that had no check. */
  daysSince(name: string, date: string): Promise<Day[]>;
  /** Stored with the checks, and as long; again for the same time: in place of the first. */
  rememberChange(change: PastChange): Promise<void>;
  /** The newest changes, newest first. */
  lastChanges(most: number): Promise<PastChange[]>;
}

const verdict = z.enum(verdicts);
const changeRow = z.object({ at: z.date(), previous: verdict, status: verdict });
const changedChecks = z.array(
  z.object({
    name: z.string(),
    status: verdict,
    failing: z.string().exactOptional(),
    action: z.string().exactOptional(),
  }),
);
const checksColumn = z.object({ checks: z.string() });
const dayKey = z.object({ rowKey: z.string().startsWith('day-') });

/** Changes stand beside the announcement; checks and days in the partition of their part (healthTable.ts). */
const changesPartition = 'service';

/** The table's operations on what was. */
export function createHistoryTable(table: Table): HistoryTable {
  /** The rows with keys from `first` to, but not with, `behind`, in the order of the keys: the newest check first. */
  const rowsBetween = (partition: string, first: string, behind: string, most = Infinity): Promise<object[]> =>
    table.call(async (client, abortSignal) => {
      const { odata } = await import('@azure/data-tables');
      const filter = odata`PartitionKey eq ${partition} and RowKey ge ${first} and RowKey lt ${behind}`;
      const rows: object[] = [];
      const pages = client
        .listEntities({ queryOptions: { filter }, abortSignal })
        .byPage({ maxPageSize: Math.min(most, 1_000) });
      for await (const page of pages) {
        rows.push(...page);
        if (rows.length >= most) break;
      }
      return rows.slice(0, most);
    });

  return {
    async checksSince(name, since) {
      const rows = await rowsBetween(name, '0', newestFirst(new Date(since.getTime() - 1)));
      return rows.map((row) => checkOf(name, row)).reverse();
    },
    async daysSince(name, date) {
      const rows = await rowsBetween(name, `day-${date}`, 'day.');
      return rows.map((row) => ({ date: dayKey.parse(row).rowKey.slice('day-'.length), ...dayRow.parse(row) }));
    },
    async rememberChange({ at, previous, status, checks }) {
      const keys = { partitionKey: changesPartition, rowKey: `change-${newestFirst(at)}` };
      const row = { ...keys, at, previous, status, checks: JSON.stringify(checks), expiresAt: expiryOf(at) };
      await table.call((client, abortSignal) => client.upsertEntity(row, 'Replace', { abortSignal }));
    },
    async lastChanges(most) {
      const rows = await rowsBetween(changesPartition, 'change-', 'change.', most);
      return rows.map((row) => ({
        ...changeRow.parse(row),
        checks: changedChecks.parse(JSON.parse(checksColumn.parse(row).checks)),
      }));
    },
  };
}
