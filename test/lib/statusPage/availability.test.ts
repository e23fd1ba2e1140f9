import type { Day } from '../../../lib/health/healthTable.ts';
import { availability } from '../../../lib/statusPage/availability.ts';
import { readPage } from './pageUnderTest.ts';

const day = (date: string, pass = 0, warn = 0, fail = 0): Day => ({ date, pass, warn, fail });
const draw = (...days: Day[]): string => availability('ucwa', days).toString();
const captionOf = (...days: Day[]): string => readPage(draw(...days)).all('figcaption')[0] ?? '';
/** Heights of what a bar is made of, by verdict. */
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
  ])('of %i, %i and %i checks is as high as the others, and hides no verdict', (pass, warn, fail) => {
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

test('the days stand in a table too, newest first, with all counts', () => {
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
