import { stepHistories, type HistorySpan } from '../../../lib/health/stepHistory.ts';
import type { Check } from '../../../lib/health/status.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';

const minute = 60_000;
const begin = Date.UTC(2026, 10, 20, 12);
const span: HistorySpan = { from: new Date(begin), to: new Date(begin + 24 * 60 * minute), stretches: 144 };

type Found = Pick<HealthStep, 'name'> & Partial<HealthStep>;

/** A check so many minutes after the beginning. */
function check(minutes: number, steps: readonly Found[], everyMinutes = 5): Check {
  const at = begin + minutes * minute;
  return {
    name: 'platform',
    steps: steps.map((step) => ({ outcome: 'pass', latencyMs: 100, ...step })),
    checkedAt: new Date(at),
    nextDueAt: new Date(at + everyMinutes * minute),
  };
}

const latencies = (minutes: number, ...all: readonly number[]): Check[] =>
  all.map((latencyMs, index) => check(minutes + index, [{ name: 'discover', latencyMs }]));

test('no checks are no history', () => {
  expect(stepHistories([], span)).toEqual([]);
});

describe('a step', () => {
  it('is summed up over the whole time: tries, failures, warnings, and the latencies of what succeeded', () => {
    const checks = [
      ...latencies(0, 30, 10, 2_001),
      check(60, [{ name: 'discover', outcome: 'fail', latencyMs: 9_000 }]),
      check(65, [{ name: 'discover', outcome: 'fail', latencyMs: 9_000 }]),
      check(70, [{ name: 'discover', outcome: 'warn', latencyMs: 20 }]),
    ];
    expect(stepHistories(checks, span)).toEqual([
      expect.objectContaining({
        name: 'discover',
        tries: 6,
        failed: 2,
        warned: 2,
        lastFailedAt: new Date(begin + 65 * minute),
        latencyMs: { min: 10, median: 20, max: 2_001 },
      }),
    ]);
  });

  it('that never succeeded has no latency, and one that never failed no last failure', () => {
    const checks = [check(0, [{ name: 'credentials' }, { name: 'discover', outcome: 'fail' }])];
    expect(stepHistories(checks, span)).toMatchObject([
      { name: 'credentials', lastFailedAt: undefined, latencyMs: { max: 100 } },
      { name: 'discover', failed: 1, latencyMs: undefined, stretches: [{ status: 'fail', latencyMs: undefined }] },
    ]);
  });

  it('that was not tried counts for nothing: checks that ended early do not change the order of the others', () => {
    const whole = [{ name: 'first' }, { name: 'second' }, { name: 'third' }];
    const checks = [
      check(0, [{ name: 'first', outcome: 'fail' }]),
      check(5, [...whole, { name: 'no longer checked' }]),
      check(10, [{ name: 'time-limit', outcome: 'fail' }]),
      check(15, whole),
    ];
    expect(stepHistories(checks, span).map(({ name, tries }) => `${name} ${tries}`)).toEqual([
      'first 3',
      'second 2',
      'third 2',
      'no longer checked 1',
      'time-limit 1',
    ]);
  });
});

describe('a stretch', () => {
  const stretchesOf = (checks: readonly Check[]) => stepHistories(checks, span)[0]?.stretches ?? [];

  it('has the tries of its ten minutes, the worst of their statuses, and the time of its middle', () => {
    expect(stretchesOf([...latencies(0, 5, 3, 4), ...latencies(10, 2_500), ...latencies(19, 7)])).toEqual([
      { at: begin + 5 * minute, goesOn: false, status: 'pass', latencyMs: { min: 3, median: 4, max: 5 } },
      { at: begin + 15 * minute, goesOn: true, status: 'warn', latencyMs: { min: 7, median: 7, max: 2_500 } },
    ]);
  });

  it('is the last one for a check at the very end', () => {
    expect(stretchesOf(latencies(24 * 60, 1))).toMatchObject([{ at: begin + 1_435 * minute }]);
  });

  it('takes as many as there are: a check a minute is still 144 points', () => {
    const checks = Array.from({ length: 1_440 }, (_, index) => check(index, [{ name: 'discover' }], 1));
    const stretches = stretchesOf(checks);
    expect(stretches).toHaveLength(144);
    expect(stretches.filter(({ goesOn }) => !goesOn)).toHaveLength(1);
  });

  it('goes on after one that is as far away as the checks are, and not after a longer gap', () => {
    const at = (...minutes: number[]) => minutes.map((minutesIn) => check(minutesIn, [{ name: 'discover' }], 60));
    expect(stretchesOf(at(0, 60, 120, 180)).map(({ goesOn }) => goesOn)).toEqual([false, true, true, true]);
    expect(stretchesOf(at(0, 60, 260, 320)).map(({ goesOn }) => goesOn)).toEqual([false, true, false, true]);
    const often = [0, 5, 10, 15, 60, 65].map((minutesIn) => check(minutesIn, [{ name: 'discover' }]));
    expect(stretchesOf(often).map(({ goesOn }) => goesOn)).toEqual([false, true, false]);
  });
});
