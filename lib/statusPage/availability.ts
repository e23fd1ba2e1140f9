import type { Day } from '../health/healthTable.ts';
import type { Status } from '../health/status.ts';
import { html, type Markup } from './html.ts';
import { count, failSign, warnSign } from './wording.ts';

const pitch = 12;
const barWidth = 10;
const barHeight = 30;
/** So that a single failed check among hundreds can still be seen. */
const leastHeight = 6;
/** The middle of the signs below the bars. */
const signHeight = barHeight + 7;

/** A part's days: a bar each, a sentence about all of them, and a table. */
export function availability(name: string, days: readonly Day[]): Markup {
  const bars = days.map((day, index) => bar(day, index * pitch + (pitch - barWidth) / 2));
  return html`<figure>
    <figcaption>${availabilitySummary(days)}</figcaption>
    <svg
      role="img"
      aria-label="Bars: checks of ${name} by day, ${days.length} days"
      class="days"
      viewBox="0 0 ${days.length * pitch} ${signHeight + 5}"
    >
      ${bars}
    </svg>
    <p class="axis"><span>${days.at(0)?.date}</span><span>${days.at(-1)?.date}</span></p>
    <details>
      <summary>Days of ${name} in numbers</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col">pass</th>
            <th scope="col">warn</th>
            <th scope="col">fail</th>
          </tr>
        </thead>
        <tbody>
          ${days.toReversed().map(row)}
        </tbody>
      </table>
    </details>
  </figure>`;
}

function row(day: Day): Markup {
  const counts =
    checksOf(day) === 0
      ? html`<td colspan="3">no check</td>`
      : [day.pass, day.warn, day.fail].map((number) => html`<td>${count(number)}</td>`);
  return html`<tr>
    <th scope="row">${day.date}</th>
    ${counts}
  </tr>`;
}

/** From the bottom up: failures, warnings and passes, each with a filling of its own; below the bar a sign for the worst. */
function bar(day: Day, x: number): Markup {
  const all = checksOf(day);
  if (all === 0) {
    return html`<g>
      <title>${day.date}: no check</title>
      <rect class="none" x="${x + 0.5}" y="0.5" width="${barWidth - 1}" height="${barHeight - 1}" />
    </g>`;
  }
  const heightOf = (part: number): number =>
    part === 0 ? 0 : Math.round(Math.max(leastHeight, (part / all) * barHeight));
  const fail = Math.min(heightOf(day.fail), barHeight - heightOf(day.warn) / 2);
  const warn = Math.min(heightOf(day.warn), barHeight - fail);
  const middle = x + barWidth / 2;
  return html`<g>
    <title>${day.date}: ${day.pass} pass, ${day.warn} warn, ${day.fail} fail</title>
    <rect class="pass" x="${x}" y="0" width="${barWidth}" height="${barHeight - fail - warn}" />
    ${warn > 0 && html`<rect class="warn" x="${x}" y="${barHeight - fail - warn}" width="${barWidth}" height="${warn}" />`}
    ${fail > 0 && html`<rect class="fail" x="${x}" y="${barHeight - fail}" width="${barWidth}" height="${fail}" />`}
    ${day.fail > 0 ? failSign(middle, signHeight) : day.warn > 0 && warnSign(middle, signHeight)}
  </g>`;
}

/** How many of the checks did not fail. The percentage is rounded down, so that 100 % means all of them. */
function availabilitySummary(days: readonly Day[]): string {
  const total = (status: Status): number => days.reduce((sum, day) => sum + day[status], 0);
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

function checksOf({ pass, warn, fail }: Day): number {
  return pass + warn + fail;
}
