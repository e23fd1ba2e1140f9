import { checkVerdict, judge, stepVerdict, type Check, type Verdict } from '../../../lib/health/verdict.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';

const minute = 60_000;
const checkedAt = Date.UTC(2026, 10, 21, 12, 0, 0);
/** Every five minutes, so that the checker is silent from 12.5 minutes after its last check. */
const nextDueAt = checkedAt + 5 * minute;

function step(outcome: HealthStep['outcome'] = 'pass', latencyMs = 20): HealthStep {
  return { name: 'discover', outcome, latencyMs };
}

function check(...steps: HealthStep[]): Check {
  return { name: 'part', steps, checkedAt: new Date(checkedAt), nextDueAt: new Date(nextDueAt) };
}

const well = check(step());
const failing = check(step(), step('fail'));

interface Case {
  platforms?: (Check | undefined)[];
  secrets?: Check | undefined;
  /** Since the last check. */
  after?: number;
  /** Since the process began. */
  up?: number;
}

describe('the service', () => {
  it.each<[string, Verdict, Case]>([
    ['everything is well', 'pass', {}],
    ['the next check is due', 'pass', { after: 5 * minute }],
    ['the checker is late', 'pass', { after: 12.5 * minute }],
    ['the checker is silent', 'fail', { after: 12.5 * minute + 1 }],
    [
      'the checker is silent about one part of it',
      'fail',
      { platforms: [well, { ...well, nextDueAt: new Date(checkedAt + minute) }], after: 3 * minute },
    ],
    ['the only platform fails', 'fail', { platforms: [failing] }],
    ['all platforms fail', 'fail', { platforms: [failing, failing] }],
    ['some platform fails', 'warn', { platforms: [well, failing] }],
    ['a platform never came to its first step', 'fail', { platforms: [check()] }],
    ['a step took two seconds', 'pass', { platforms: [check(step('pass', 2_000))] }],
    ['a step took more than two seconds', 'warn', { platforms: [check(step('pass', 2_001))] }],
    ['a secret or certificate expires soon', 'warn', { secrets: check(step('warn')) }],
    ['a secret cannot be read while the platforms work', 'warn', { secrets: failing }],
    ['a platform has not been checked yet', 'warn', { platforms: [well, undefined] }],
    ['the secrets have not been checked yet', 'warn', { secrets: undefined }],
    [
      'nothing has been checked, in the first minute',
      'warn',
      { platforms: [undefined], secrets: undefined, up: minute },
    ],
    [
      'nothing has been checked, almost ten minutes long',
      'warn',
      { platforms: [undefined], secrets: undefined, up: 10 * minute - 1 },
    ],
    [
      'nothing has been checked, ten minutes long',
      'fail',
      { platforms: [undefined], secrets: undefined, up: 10 * minute },
    ],
  ])('when %s: %s', (_, verdict, given) => {
    const { platforms, secrets, after = 1_000, up = 60 * minute } = { platforms: [well], secrets: well, ...given };
    const now = checkedAt + after;
    expect(judge({ platforms, secrets, now, upSince: now - up })).toBe(verdict);
  });
});

it('takes a check for as good as its worst step', () => {
  expect(checkVerdict(well)).toBe('pass');
  expect(checkVerdict(check(step(), step('warn')))).toBe('warn');
  expect(checkVerdict(check(step('warn'), step('fail'), step()))).toBe('fail');
});

it('does not excuse a failed step that was slow as well', () => {
  expect(stepVerdict(step('fail', 5_000))).toBe('fail');
});
