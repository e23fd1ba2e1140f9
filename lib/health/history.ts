import type { Day, HealthTable, PastChange } from './healthTable.ts';
import { isOverdue, type HealthReport, type Status } from './status.ts';
import { stepHistories, type StepHistory } from './stepHistory.ts';

/** One part of the service: its last check, and its past. */
export interface PartHistory {
  readonly name: string;
  /** Undefined before the first check. */
  readonly last: HealthReport['checks'][number] | undefined;
  /** The next check should have been made by now: the last one no longer counts. */
  readonly isOverdue: boolean;
  /** Undefined for a warning of the settings, which nobody checks. */
  readonly past: PartPast | undefined;
}

/** What was found of a part. */
interface PartPast {
  /** Of the last 24 hours. */
  readonly steps: readonly StepHistory[];
  /** The last 30, today included, oldest first; all counts are 0 where there was no check. */
  readonly days: readonly Day[];
}

/** The status of the service with the past of every part. */
export interface HealthHistory {
  readonly status: Status;
  readonly readAt: Date;
  /** The steps' histories begin here. */
  readonly since: Date;
  readonly parts: readonly PartHistory[];
  /** The last changes of status that were notified, newest first. */
  readonly changes: readonly PastChange[];
}

const dayMs = 24 * 60 * 60_000;
const daysShown = 30;
const changesShown = 10;
/** Ten minutes each: two checks at the usual five minutes. */
const stretchesShown = 144;

/**
 * Reads everything at the same time: the report, and of each part the checks of the last day and its days. Throws
 * `storage-unavailable`.
 * @param source `partNames`: every part that is checked, in the order in which they are shown
 */
export async function readHistory(
  source: { table: HealthTable; partNames: readonly string[]; report: () => Promise<HealthReport> },
  readAt: Date,
): Promise<HealthHistory> {
  const { table, partNames, report } = source;
  const since = new Date(readAt.getTime() - dayMs);
  const [{ status, checks }, changes, ...pasts] = await Promise.all([
    report(),
    table.lastChanges(changesShown),
    ...partNames.map((name) => readPast(table, name, { from: since, to: readAt })),
  ]);
  const checked = partNames.map((name, index): PartHistory => {
    const last = checks.find((check) => check.name === name);
    return { name, last, isOverdue: last !== undefined && isOverdue(last, readAt.getTime()), past: pasts[index] };
  });
  const warnings = checks
    .filter(({ name }) => !partNames.includes(name))
    .map((last): PartHistory => ({ name: last.name, last, isOverdue: false, past: undefined }));
  return { status, readAt, since, parts: [...checked, ...warnings], changes };
}

async function readPast(table: HealthTable, name: string, { from, to }: { from: Date; to: Date }): Promise<PartPast> {
  const dates = lastDates(to);
  const [checks, days] = await Promise.all([table.checksSince(name, from), table.daysSince(name, dates[0] ?? '')]);
  return {
    steps: stepHistories(checks, { from, to, stretches: stretchesShown }),
    days: dates.map((date) => days.find((day) => day.date === date) ?? { date, pass: 0, warn: 0, fail: 0 }),
  };
}

/** The last 30 dates by UTC, today included, oldest first. */
function lastDates(today: Date): string[] {
  return Array.from({ length: daysShown }, (_, index) => {
    const daysAgo = daysShown - 1 - index;
    return new Date(today.getTime() - daysAgo * dayMs).toISOString().slice(0, 10);
  });
}
