import type { HealthHistory, PartHistory } from '../../../lib/health/history.ts';
import { stepHistories } from '../../../lib/health/stepHistory.ts';
import { checkStatus, stepStatus, type Check } from '../../../lib/health/status.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';

/** Histories to draw: as they are read, without a table. */

const minute = 60_000;
export const readAt = new Date('2026-11-21T20:30:00.000Z');
export const since = new Date('2026-11-20T20:30:00.000Z');

/** A check so many minutes before the page is read. */
export function checkBefore(minutes: number, steps: readonly (Partial<HealthStep> & { name: string })[]): Check {
  const at = readAt.getTime() - minutes * minute;
  return {
    name: 'part',
    steps: steps.map((step) => ({ outcome: 'pass', latencyMs: 100, ...step })),
    checkedAt: new Date(at),
    nextDueAt: new Date(at + 5 * minute),
  };
}

/** A part with these checks, oldest first, and 30 days of which the last one has them. */
export function part(name: string, checks: readonly Check[], more: Partial<PartHistory> = {}): PartHistory {
  const last = checks.at(-1);
  const counts = { pass: 0, warn: 0, fail: 0 };
  for (const check of checks) counts[checkStatus(check)] += 1;
  const days = Array.from({ length: 30 }, (_, index) => ({
    date: new Date(readAt.getTime() - (29 - index) * 24 * 60 * minute).toISOString().slice(0, 10),
    ...(index === 29 ? counts : { pass: 288, warn: 0, fail: 0 }),
  }));
  return {
    name,
    last: last && {
      ...last,
      name,
      status: checkStatus(last),
      steps: last.steps.map((step) => ({ ...step, outcome: stepStatus(step) })),
    },
    isOverdue: false,
    past: { steps: stepHistories(checks, { from: since, to: readAt, stretches: 144 }), days },
    ...more,
  };
}

/** A history with these parts. By default the status is pass, and there are no changes. */
export function history(parts: readonly PartHistory[], more: Partial<HealthHistory> = {}): HealthHistory {
  return { status: 'pass', readAt, since, parts, changes: [], ...more };
}
