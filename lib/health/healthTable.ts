import * as z from 'zod';
import { ConflictError, retryOnConflict } from '../azure/conflict.ts';
import type { Table } from '../azure/tables.ts';
import { column, TypedRows, type StoredRow } from '../azure/typedRows.ts';
import { parseJson } from '../json.ts';
import { Problem } from '../problem.ts';
import { checkStatus, statuses, type Check } from './status.ts';

export const healthTableName = 'discoveryHealth';

const status = z.enum(statuses);
const stepsText = z.array(
  z.object({ name: z.string(), outcome: status, latencyMs: z.number(), action: z.string().exactOptional() }),
);
const changedChecksText = z.array(
  z.object({
    name: z.string(),
    status,
    /** The first step that is not `pass`, and what the administrator can do about it. */
    failing: z.string().exactOptional(),
    action: z.string().exactOptional(),
  }),
);

// Partition of the part. Row keys of checks are times, newest first; digits sort before the letters of the days.
const checkColumns = z.object({
  steps: z.string(),
  checkedAt: column.date,
  nextDueAt: column.date,
  expiresAt: column.date,
});
const dayColumns = z.object({
  pass: column.integer,
  warn: column.integer,
  fail: column.integer,
  expiresAt: column.date,
});

// Partition `service`: the changes, and one row without an expiry that says what was notified last.
const servicePartition = 'service';
const lastNotification = { partitionKey: servicePartition, rowKey: 'latest' };
const notificationColumns = z.object({
  /** The status that was notified last, and since when. Before the first notification: `pass`. */
  notified: status,
  notifiedAt: column.date.optional(),
  /** Until the webhook has taken the change: the status before, and when a run last began to post it. */
  previous: status.optional(),
  claimedAt: column.date.optional(),
  /** Another status that one run has found, and when that run ended. A later run confirms it. */
  candidate: status.optional(),
  candidateAt: column.date.optional(),
});
const changeColumns = z.object({
  at: column.date,
  previous: status,
  status,
  checks: z.string(),
  expiresAt: column.date,
});

/** What was notified last, and what is still to be done about it. */
type Notification = Readonly<z.input<typeof notificationColumns>>;
export type StoredNotification = StoredRow<typeof notificationColumns>;

/** How many of a day's checks had which status. */
export interface Day {
  /** `2026-11-21`, by UTC. */
  readonly date: string;
  readonly pass: number;
  readonly warn: number;
  readonly fail: number;
}

/** A change of status that was notified. */
export interface PastChange extends Pick<z.output<typeof changeColumns>, 'at' | 'previous' | 'status'> {
  readonly checks: readonly Readonly<z.output<typeof changedChecksText>[number]>[];
}

const keptForMs = 35 * 24 * 60 * 60_000;

/** The table `discoveryHealth`. Every method throws `storage-unavailable`. */
export class HealthTable {
  readonly #checks;
  readonly #days;
  readonly #notifications;
  readonly #changes;

  constructor(table: Table) {
    this.#checks = new TypedRows(table, checkColumns);
    this.#days = new TypedRows(table, dayColumns);
    this.#notifications = new TypedRows(table, notificationColumns);
    this.#changes = new TypedRows(table, changeColumns);
  }

  /** Stores a check, and counts it in its day. */
  async remember(check: Check): Promise<void> {
    const { name, steps, checkedAt, nextDueAt } = check;
    // Parsed, so that nothing else that a step carries is stored.
    const text = JSON.stringify(stepsText.parse(steps));
    const row = { steps: text, checkedAt, nextDueAt, expiresAt: expiryOf(checkedAt) };
    await this.#checks.put({ partitionKey: name, rowKey: newestFirst(checkedAt) }, row);
    await this.#count(check);
  }

  /** The newest check of a part. */
  async latest(name: string): Promise<Check | undefined> {
    const [row] = await this.#checks.list({ partitionKey: name, below: 'day-', most: 1 });
    return row && checkOf(row);
  }

  /** A part's checks from that time on, oldest first. */
  async checksSince(name: string, since: Date): Promise<Check[]> {
    const below = newestFirst(new Date(since.getTime() - 1));
    const rows = await this.#checks.list({ partitionKey: name, from: '0', below });
    return rows.map(checkOf).reverse();
  }

  /** A part's days from that date on, oldest first, without those that had no check. */
  async daysSince(name: string, date: string): Promise<Day[]> {
    const rows = await this.#days.list({ partitionKey: name, from: `day-${date}`, below: 'day.' });
    return rows.map(({ rowKey, pass, warn, fail }) => ({ date: rowKey.slice('day-'.length), pass, warn, fail }));
  }

  /** What was notified last; undefined before the first run. */
  readNotification(): Promise<StoredNotification | undefined> {
    return this.#notifications.read(lastNotification);
  }

  /** Undefined if another run wrote it after `etag`; with `etag` undefined: if there is one. */
  writeNotification(next: Notification, etag: string | undefined): Promise<StoredNotification | undefined> {
    return this.#notifications.write(lastNotification, next, etag);
  }

  /** Stores a change for as long as checks are kept. Another one of the same time is replaced. */
  async rememberChange({ at, previous, status, checks }: PastChange): Promise<void> {
    const keys = { partitionKey: servicePartition, rowKey: `change-${newestFirst(at)}` };
    await this.#changes.put(keys, { at, previous, status, checks: JSON.stringify(checks), expiresAt: expiryOf(at) });
  }

  /** The newest changes, newest first. */
  async lastChanges(most: number): Promise<PastChange[]> {
    const rows = await this.#changes.list({ partitionKey: servicePartition, from: 'change-', below: 'change.', most });
    return rows.map(({ at, previous, status, checks }) => ({
      at,
      previous,
      status,
      checks: changedChecksText.parse(parseJson(checks)),
    }));
  }

  /**
   * Counts one more check in its day. When other runs write the same row all the time, the check stays uncounted: the count
   * only draws a bar of the status page, and a run must not fail because of it.
   */
  async #count(check: Check): Promise<void> {
    const { name, checkedAt } = check;
    const keys = { partitionKey: name, rowKey: `day-${checkedAt.toISOString().slice(0, 10)}` };
    const found = checkStatus(check);
    try {
      await retryOnConflict(4, async () => {
        const row = await this.#days.read(keys);
        const { pass = 0, warn = 0, fail = 0 } = row ?? {};
        const counts = { pass, warn, fail };
        const next = { ...counts, [found]: counts[found] + 1, expiresAt: expiryOf(checkedAt) };
        if (!(await this.#days.write(keys, next, row?.etag))) throw new ConflictError();
      });
    } catch (error) {
      if (!(error instanceof Problem && error.cause instanceof ConflictError)) throw error;
    }
  }
}

function checkOf({ partitionKey, steps, checkedAt, nextDueAt }: StoredRow<typeof checkColumns>): Check {
  return { name: partitionKey, steps: stepsText.parse(parseJson(steps)), checkedAt, nextDueAt };
}

function expiryOf(at: Date): Date {
  return new Date(at.getTime() + keptForMs);
}

/** A row key that makes the newest row the first of its partition. */
function newestFirst(at: Date): string {
  return String(9_999_999_999_999 - at.getTime()).padStart(13, '0');
}
