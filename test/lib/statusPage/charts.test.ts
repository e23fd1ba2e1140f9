import type { Day } from '../../../lib/health/healthTable.ts';
import type { Check } from '../../../lib/health/status.ts';
import { stepHistories } from '../../../lib/health/stepHistory.ts';
import { availability } from '../../../lib/statusPage/availability.ts';
import { latencyChart } from '../../../lib/statusPage/latencyChart.ts';
import { checkBefore, readAt, since } from './histories.ts';
import { readPage } from './pageUnderTest.ts';

describe('the availability of a part', () => {
  const day = (date: string, pass = 0, warn = 0, fail = 0): Day => ({ date, pass, warn, fail });
  const draw = (...days: Day[]): string => availability('ucwa', days).toString();
  const captionOf = (...days: Day[]): string => readPage(draw(...days)).all('figcaption')[0] ?? '';
  /** Heights of what a bar is made of, by status. */
  const heights = (one: Day): Record<string, number> =>
    Object.fromEntries(
      [...draw(one).matchAll(/<rect class="(\w+)"[^>]* height="([\d.]+)"/g)].map(([, name = '', height]) => [
        name,
        Number(height),
      ]),
    );

  describe('the sentence', () => {
    it('counts checks, failures and warnings', () => {
      expect(captionOf(day('2026-11-20', 1_000, 20, 4), day('2026-11-21', 576))).toBe(
        '99.75 % of 1,600 checks in 2 days did not fail: 4 failed, 20 with a warning.',
      );
    });

    it('says 100 % only when nothing failed', () => {
      expect(captionOf(day('2026-11-21', 99_999, 0, 1))).toMatch(/^99\.99 %/);
      expect(captionOf(day('2026-11-21', 5, 5))).toMatch(/^100\.00 %/);
    });

    it('says how many days had no check, and that none had', () => {
      expect(captionOf(day('2026-11-20'), day('2026-11-21', 1))).toMatch(/ 1 of the days had no check\.$/);
      expect(captionOf(day('2026-11-20'), day('2026-11-21'))).toBe('No check in the last 2 days.');
    });
  });

  describe('a bar', () => {
    it('of a day without trouble is one piece, without a sign', () => {
      const drawing = draw(day('2026-11-21', 288));
      expect(heights(day('2026-11-21', 288))).toEqual({ pass: 30 });
      expect(drawing).not.toContain('class="sign');
    });

    it('shows a single failure among hundreds, with a cross', () => {
      const one = day('2026-11-21', 287, 0, 1);
      expect(heights(one)['fail']).toBeGreaterThanOrEqual(6);
      expect(draw(one)).toContain('class="sign fail"');
    });

    it('shows warnings with a triangle, unless there is a cross', () => {
      expect(draw(day('2026-11-21', 200, 88))).toContain('class="sign warn"');
      const both = draw(day('2026-11-21', 200, 80, 8));
      expect([both.includes('class="sign fail"'), both.includes('class="sign warn"')]).toEqual([true, false]);
    });

    it.each([
      [0, 0, 288],
      [0, 1, 287],
      [1, 1, 286],
      [1, 286, 1],
      [0, 288, 0],
      [96, 96, 96],
    ])('of %i, %i and %i checks is as high as the others, and hides no status', (pass, warn, fail) => {
      const parts = heights(day('2026-11-21', pass, warn, fail));
      expect(Object.values(parts).reduce((sum, height) => sum + height, 0)).toBe(30);
      if (warn > 0) expect(parts['warn']).toBeGreaterThanOrEqual(3);
      if (fail > 0) expect(parts['fail']).toBeGreaterThanOrEqual(6);
    });

    it('of a day without checks is no more than an outline', () => {
      expect(draw(day('2026-11-21'))).toMatch(/<rect class="none"/);
      expect(Object.keys(heights(day('2026-11-21')))).toEqual(['none']);
    });
  });

  test('the days are in a table too, newest first, with all counts', () => {
    const { all, attributes } = readPage(draw(day('2026-11-19', 1_288, 2, 1), day('2026-11-20'), day('2026-11-21', 5)));
    expect(all('tr')).toEqual([
      'Day (UTC) pass warn fail',
      '2026-11-21 5 0 0',
      '2026-11-20 no check',
      '2026-11-19 1,288 2 1',
    ]);
    expect(attributes('aria-label')).toEqual(['Bars: checks of ucwa by day, 3 days']);
    expect(all('summary')).toEqual(['Days of ucwa in numbers']);
  });
});

describe('the latency chart of a step', () => {
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
    const points = pointsOf(
      pathOf(chart([discover(1_300, 20), discover(1_290, 200), discover(1_280, 2_000)]), 'median'),
    );
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
});
