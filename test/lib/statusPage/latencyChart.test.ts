import { stepHistories } from '../../../lib/health/stepHistory.ts';
import type { Check } from '../../../lib/health/status.ts';
import { latencyChart } from '../../../lib/statusPage/latencyChart.ts';
import { checkBefore, readAt, since } from './histories.ts';

/** The chart of the first step of these checks. */
function chart(checks: readonly Check[]): string {
  const [step] = stepHistories(checks, { from: since, to: readAt, stretches: 144 });
  if (!step) throw new Error('no step');
  return latencyChart(step, { from: since, to: readAt }).toString();
}
const discover = (minutes: number, latencyMs: number, outcome: 'pass' | 'fail' = 'pass'): Check =>
  checkBefore(minutes, [{ name: 'discover', latencyMs, outcome }]);
const pathOf = (drawing: string, name: string): string =>
  new RegExp(`class="${name}" d="([^"]*)"`).exec(drawing)?.[1] ?? '';
/** The numbers of a path's points, two each. */
const pointsOf = (path: string): number[][] =>
  [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
const countOf = (drawing: string, text: string): number => drawing.split(text).length - 1;

test('later is to the right, and slower is higher', () => {
  const points = pointsOf(pathOf(chart([discover(1_300, 20), discover(1_290, 200), discover(1_280, 2_000)]), 'median'));
  expect(points).toHaveLength(3);
  expect(points.map(([x]) => x)).toEqual(points.map(([x]) => x).toSorted((one = 0, other = 0) => one - other));
  const [first = 0, second = 0, third = 0] = points.map(([, y]) => y);
  // Each power of ten is as high as the other.
  expect(first - second).toBeCloseTo(second - third, 0);
  expect(first).toBeGreaterThan(second);
});

test('nothing leaves the chart, however short or long it took', () => {
  const drawing = chart([discover(1_439, 0), discover(700, 99_999), discover(690, 100), discover(0, 1)]);
  const [, width = 0, height = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(drawing)?.map(Number) ?? [];
  for (const name of ['median', 'band']) {
    for (const [x = -1, y = -1] of pointsOf(pathOf(drawing, name))) {
      expect([x >= 0 && x <= width, y >= 0 && y <= height]).toEqual([true, true]);
    }
  }
  expect(drawing).not.toMatch(/NaN|Infinity|undefined|\d\.\d{2}/);
});

test('the line breaks where nothing was tried, and where nothing succeeded', () => {
  const lines = (checks: Check[]): number => countOf(pathOf(chart(checks), 'median'), 'M');
  expect(lines([300, 290, 280, 270].map((minutes) => discover(minutes, 50)))).toBe(1);
  expect(lines([300, 290, 200, 190].map((minutes) => discover(minutes, 50)))).toBe(2);
  expect(lines([discover(300, 50), discover(290, 50, 'fail'), discover(280, 50)])).toBe(2);
});

test('failures are hatched columns with a cross, one for those that follow each other', () => {
  const drawing = chart([
    discover(300, 1, 'fail'),
    discover(290, 1, 'fail'),
    discover(280, 50),
    discover(100, 1, 'fail'),
    discover(0, 1, 'fail'),
  ]);
  expect(countOf(drawing, '<rect class="fail"')).toBe(3);
  expect(countOf(drawing, 'class="sign fail"')).toBe(3);
  const widths = [...drawing.matchAll(/class="fail"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths[0]).toBeGreaterThan(widths[1] ?? 0);
  expect(Math.min(...widths)).toBeGreaterThan(0);
  expect(countOf(chart([discover(300, 50)]), 'fail')).toBe(0);
});

test('warnings are triangles', () => {
  expect(countOf(chart([discover(300, 2_001), discover(200, 2_000)]), 'class="sign warn"')).toBe(1);
});

test('hours are by UTC, and leave room for their labels', () => {
  const hours = [...chart([discover(300, 50)]).matchAll(/>(\d\d:\d\d)</g)].map(([, hour]) => hour);
  expect(hours).toEqual(['00:00', '06:00', '12:00', '18:00']);
});
