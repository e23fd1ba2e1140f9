import type { StepHistory, Stretch } from '../health/stepHistory.ts';
import { html, type Markup } from './html.ts';
import { duration, failSign, warnSign } from './wording.ts';

/** The time that the charts show. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** To the left of this are the labels of the latencies. */
const left = 40;
const right = 290;
const top = 16;
const bottom = 88;
/** The middle of the signs of failures and warnings, above the lines. */
const signHeight = 7;
/** From 10 ms to the 10 s that a check may take. All charts share this logarithmic scale. */
const powers = [1, 2, 3, 4] as const;
const slowMs = 2_000;
const hourMs = 60 * 60_000;

/**
 * A step's latencies: a line through the medians in the band from the shortest to the longest; failures as hatched columns
 * with a cross, warnings with a triangle.
 */
export function latencyChart({ name, stretches }: StepHistory, { from, to }: Span): Markup {
  const perMs = (right - left) / (to.getTime() - from.getTime());
  const x = (at: number): number => tenth(left + (at - from.getTime()) * perMs);
  const lines = linesOf(stretches);
  const band = lines.map((line) => {
    const upper = line.map((point) => `${x(point.at)} ${heightOf(point.max)}`);
    const lower = line.map((point) => `${x(point.at)} ${heightOf(point.min)}`).reverse();
    return `M${[...upper, ...lower].join('L')}Z`;
  });
  // A single point is a line of no length, which its round ends turn into a dot.
  const medians = lines.map((line) => `M${line.map(({ at, median }) => `${x(at)} ${heightOf(median)}`).join('L')}h0`);
  const hours = fullHours(from, to).map((at) => ({ x: x(at), hour: new Date(at).toISOString().slice(11, 16) }));
  const levels = powers.map((power) => ({ y: heightOf(10 ** power), level: duration(10 ** power) }));
  const grid = [
    ...levels.map(({ y }) => `M${left} ${y}H${right}`),
    ...hours.map((hour) => `M${hour.x} ${top}V${bottom}`),
  ];

  return html`<svg
    role="img"
    aria-label="Chart: latency of ${name} in the last 24 hours"
    class="latency"
    viewBox="0 0 ${right} 102"
  >
    <path class="grid" d="${grid.join('')}" />
    <path class="limit" d="M${left} ${heightOf(slowMs)}H${right}" />
    ${failuresOf(stretches).map(([first, last]) => failure(x(first.at) - 1, x(last.at) + 1))}
    <path class="band" d="${band.join('')}" />
    <path class="median" d="${medians.join('')}" />
    ${stretches.map(({ status, at }) => status === 'warn' && warnSign(x(at), signHeight))}
    ${levels.map(({ y, level }) => html`<text x="${left - 3}" y="${tenth(y + 3)}" text-anchor="end">${level}</text>`)}
    ${hours.map((hour) => html`<text x="${hour.x}" y="99" text-anchor="middle">${hour.hour}</text>`)}
  </svg>`;
}

/** A hatched column with a cross. */
function failure(begin: number, end: number): Markup {
  const width = tenth(end - begin);
  return html`<rect class="fail" x="${tenth(begin)}" y="${top}" width="${width}" height="${bottom - top}" />
    ${failSign(tenth((begin + end) / 2), signHeight)}`;
}

/** The y coordinate of a latency. */
function heightOf(ms: number): number {
  const [lowest, highest] = [powers[0], powers[3]];
  const power = Math.min(Math.max(Math.log10(Math.max(ms, 1)), lowest), highest);
  return tenth(bottom - ((power - lowest) / (highest - lowest)) * (bottom - top));
}

type Point = { readonly at: number } & NonNullable<Stretch['latencyMs']>;

/** A line ends where tries are missing, and where none succeeded. */
function linesOf(stretches: readonly Stretch[]): Point[][] {
  const lines: Point[][] = [];
  let isOpen = false;
  for (const { at, latencyMs, goesOn } of stretches) {
    if (latencyMs) {
      if (isOpen && goesOn) lines.at(-1)?.push({ at, ...latencyMs });
      else lines.push([{ at, ...latencyMs }]);
    }
    isOpen = latencyMs !== undefined;
  }
  return lines;
}

/** The first and the last of failures that follow each other. */
function failuresOf(stretches: readonly Stretch[]): [Stretch, Stretch][] {
  const runs: [Stretch, Stretch][] = [];
  let isOpen = false;
  for (const stretch of stretches) {
    const run = runs.at(-1);
    const isFailure = stretch.status === 'fail';
    if (isFailure && isOpen && stretch.goesOn && run) run[1] = stretch;
    else if (isFailure) runs.push([stretch, stretch]);
    isOpen = isFailure;
  }
  return runs;
}

/** The hours 00, 06, 12 and 18 by UTC that have room for their label. */
function fullHours(from: Date, to: Date): number[] {
  const first = Math.ceil(from.getTime() / (6 * hourMs)) * 6 * hourMs;
  return Array.from({ length: 5 }, (_, index) => first + index * 6 * hourMs).filter(
    (at) => at - from.getTime() >= 1.2 * hourMs && to.getTime() - at >= 1.2 * hourMs,
  );
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
