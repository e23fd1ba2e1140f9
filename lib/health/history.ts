import type { Day, HistoryTable, PastChange } from './historyTable.ts';
import type { HealthReport, HealthReporter } from './report.ts';
import { stepHistories, type StepHistory } from './stepHistory.ts';
import { isSilent, type Verdict } from './verdict.ts';

/** One part of the service: how it is, and how it was. */
export interface PartHistory {
  readonly name: string;
  /** Its last check; undefined before the first. */
  readonly last: HealthReport['checks'][number] | undefined;
  /** The next check should have come by now: the last one says nothing any more. */
  readonly isOverdue: boolean;
  /** Undefined where nothing is checked, because it follows from the settings. */
  readonly past: PartPast | undefined;
}

export interface PartPast {
  /** Of the last 24 hours. */
  readonly steps: readonly StepHistory[];
  /** The last 30, today included, oldest first; all counts are 0 where there was no check. */
  readonly days: readonly Day[];
}

/** The state of the service, and where it came from. */
export interface HealthHistory {
  readonly status: Verdict;
  readonly readAt: Date;
  /** The steps' histories begin here. */
  readonly since: Date;
  readonly parts: readonly PartHistory[];
  /** The last changes of verdict that were told, newest first. */
  readonly changes: readonly PastChange[];
}

export interface HistoryOptions {
  readonly table: HistoryTable;
  readonly report: HealthReporter['report'];
  /** Every part that is checked, in the order in which they are shown. */
  readonly partNames: readonly string[];
  readonly now?: () => number;
}

const cachedForMs = 10_000;
const dayMs = 24 * 60 * 60_000;
const daysShown = 30;
const changesShown = 10;
/** Ten minutes each: two checks at the usual five minutes. */
const stretchesShown = 144;

/**
 * Reads everything side by side: of each part the last check, those of the last day, and its days. As of at most 10 s ago,
 * one reading for all who ask. Throws `storage-unavailable`, and then reads anew for whoever asks next.
 */
export function createHistory(options: HistoryOptions): () => Promise<HealthHistory> {
  const { table, report, partNames, now = Date.now } = options;
  let cached: { at: number; history: Promise<HealthHistory> } | undefined;

  const read = async (): Promise<HealthHistory> => {
    const readAt = new Date(now());
    const since = new Date(readAt.getTime() - dayMs);
    const dates = lastDates(readAt);
    const pastOf = async (name: string): Promise<PartPast> => {
      const [checks, days] = await Promise.all([table.checksSince(name, since), table.daysSince(name, dates[0] ?? '')]);
      const none = { pass: 0, warn: 0, fail: 0 };
      return {
        steps: stepHistories(checks, { from: since, to: readAt, stretches: stretchesShown }),
        days: dates.map((date) => days.find((day) => day.date === date) ?? { date, ...none }),
      };
    };
    const [{ status, checks }, changes, ...pasts] = await Promise.all([
      report(),
      table.lastChanges(changesShown),
      ...partNames.map(pastOf),
    ]);
    const checked = partNames.map((name, index): PartHistory => {
      const last = checks.find((check) => check.name === name);
      return { name, last, isOverdue: last !== undefined && isSilent(last, readAt.getTime()), past: pasts[index] };
    });
    const standing = checks
      .filter(({ name }) => !partNames.includes(name))
      .map((last): PartHistory => ({ name: last.name, last, isOverdue: false, past: undefined }));
    return { status, readAt, since, parts: [...checked, ...standing], changes };
  };

  return () => {
    if (!cached || now() - cached.at >= cachedForMs) {
      const reading = { at: now(), history: read() };
      cached = reading;
      reading.history.catch(() => {
        if (cached === reading) cached = undefined;
      });
    }
    return cached.history;
  };
}

/** The last 30 dates by UTC, today included, oldest first. */
function lastDates(today: Date): string[] {
  return Array.from({ length: daysShown }, (_, index) => {
    const daysAgo = daysShown - 1 - index;
    return new Date(today.getTime() - daysAgo * dayMs).toISOString().slice(0, 10);
  });
}
