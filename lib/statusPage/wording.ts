import type { Day } from '../health/historyTable.ts';
import type { StepHistory } from '../health/stepHistory.ts';
import type { Verdict } from '../health/verdict.ts';
import { html, type Markup } from './html.ts';

/** How the page words what it shows. */

const signs: Readonly<Record<Verdict, string>> = { pass: '✓', warn: '!', fail: '✕' };

/** The verdict as a word with a sign of its own: colour alone tells nothing. */
export function badge(verdict: Verdict): Markup {
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;
}

/** A time as the log and the API write it, to the second. */
export function time(at: Date): Markup {
  const text = `${at.toISOString().slice(0, 19)}Z`;
  return html`<time datetime="${text}">${text}</time>`;
}

/** `120 ms`, or `2.3 s` from a second on; `1 s` if it is that exactly. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${ms % 1_000 === 0 ? ms / 1_000 : (ms / 1_000).toFixed(1)} s`;
}

const grouped = new Intl.NumberFormat('en');

/** `8,640`. */
export function count(number: number): string {
  return grouped.format(number);
}

/** A step's last day in a sentence or two; a step that asks nobody takes no time, of which there is nothing to say. */
export function stepSummary({ tries, failed, warned, lastFailedAt, latencyMs }: StepHistory): Markup {
  const latency =
    latencyMs &&
    latencyMs.max > 0 &&
    `Shortest ${duration(latencyMs.min)}, median ${duration(latencyMs.median)}, longest ${duration(latencyMs.max)}.`;
  const failures =
    lastFailedAt && html` ${count(failed)} of ${count(tries)} failed, the last one at ${time(lastFailedAt)}.`;
  return html`${latency}${failures}${warned > 0 && ` ${count(warned)} of ${count(tries)} with a warning.`}`;
}

/** How many of the checks did not fail. Rounded down, so that 100 % means all of them. */
export function availabilitySummary(days: readonly Day[]): string {
  const total = (verdict: Verdict): number => days.reduce((sum, day) => sum + day[verdict], 0);
  const [pass, warn, fail] = [total('pass'), total('warn'), total('fail')];
  const all = pass + warn + fail;
  const unchecked = days.filter((day) => checksOf(day) === 0).length;
  if (all === 0) return `No check in the last ${days.length} days.`;
  const percent = (Math.floor((10_000 * (pass + warn)) / all) / 100).toFixed(2);
  return (
    `${percent} % of ${count(all)} checks in ${days.length} days did not fail: ` +
    `${count(fail)} failed, ${count(warn)} with a warning.` +
    (unchecked > 0 ? ` ${unchecked} of the days had no check.` : '')
  );
}

/** How many checks a day had. */
export function checksOf({ pass, warn, fail }: Day): number {
  return pass + warn + fail;
}
