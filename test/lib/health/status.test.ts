import {
  checkStatus,
  serviceStatus,
  platformStatus,
  stepStatus,
  type Check,
  type Status,
} from '../../../lib/health/status.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';

const minute = 60_000;
const checkedAt = Date.UTC(2026, 10, 21, 12, 0, 0);
/** Every five minutes, so that the next check is overdue 12.5 minutes after the last one. */
const nextDueAt = checkedAt + 5 * minute;

function step(outcome: HealthStep['outcome'] = 'pass', latencyMs = 20): HealthStep {
  return { name: 'discover', outcome, latencyMs };
}

function check(...steps: HealthStep[]): Check {
  return { name: 'part', steps, checkedAt: new Date(checkedAt), nextDueAt: new Date(nextDueAt) };
}

const well = check(step());
const failing = check(step(), step('fail'));

/** A synthetic join with such a step on each of the platforms. */
function joins(outcomes: Record<string, HealthStep['outcome']>): Check {
  const steps = Object.entries(outcomes).map(([platform, outcome]) => ({
    ...step(outcome),
    name: `${platform}/application`,
  }));
  return { ...check(...steps), name: 'synthetic-join' };
}

const [one, other] = [
  { ...well, name: 'one' },
  { ...well, name: 'other' },
];

interface Case {
  platforms?: (Check | undefined)[];
  secrets?: Check | undefined;
  joins?: Check | undefined;
  /** Since the last check. */
  after?: number;
  /** Since the process began. */
  up?: number;
}

describe('the service', () => {
  it.each<[string, Status, Case]>([
    ['everything passes', 'pass', {}],
    ['the next check is due', 'pass', { after: 5 * minute }],
    ['the next check is late', 'pass', { after: 12.5 * minute }],
    ['the next check is overdue', 'fail', { after: 12.5 * minute + 1 }],
    [
      'the next check of one part is overdue',
      'fail',
      { platforms: [well, { ...well, nextDueAt: new Date(checkedAt + minute) }], after: 3 * minute },
    ],
    ['the only platform fails', 'fail', { platforms: [failing] }],
    ['all platforms fail', 'fail', { platforms: [failing, failing] }],
    ['some platform fails', 'warn', { platforms: [well, failing] }],
    ['the check of a platform has no step', 'fail', { platforms: [check()] }],
    ['a step took two seconds', 'pass', { platforms: [check(step('pass', 2_000))] }],
    ['a step took more than two seconds', 'warn', { platforms: [check(step('pass', 2_001))] }],
    ['a secret or certificate expires soon', 'warn', { secrets: check(step('warn')) }],
    ['a secret cannot be read while the platforms work', 'warn', { secrets: failing }],
    ['a platform has not been checked yet', 'warn', { platforms: [well, undefined] }],
    ['the secrets have not been checked yet', 'warn', { secrets: undefined }],
    [
      'a guest could join on every platform',
      'pass',
      { platforms: [one, other], joins: joins({ one: 'pass', other: 'pass' }) },
    ],
    ['a guest could not join on the only platform', 'fail', { platforms: [one], joins: joins({ one: 'fail' }) }],
    [
      'a guest could not join on one of two platforms',
      'warn',
      { platforms: [one, other], joins: joins({ one: 'fail', other: 'pass' }) },
    ],
    [
      'a guest could not join on one platform, and the other one fails',
      'fail',
      { platforms: [one, { ...failing, name: 'other' }], joins: joins({ one: 'fail' }) },
    ],
    ['a guest could not leave', 'warn', { platforms: [one], joins: joins({ one: 'warn' }) }],
    ['a synthetic join has no step', 'warn', { platforms: [one], joins: check() }],
    [
      'the next synthetic join is overdue',
      'fail',
      {
        platforms: [one],
        joins: { ...joins({ one: 'pass' }), nextDueAt: new Date(checkedAt + minute) },
        after: 3 * minute,
      },
    ],
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
  ])('when %s: %s', (_, status, given) => {
    const {
      platforms,
      secrets,
      joins,
      after = 1_000,
      up = 60 * minute,
    } = { platforms: [well], secrets: well, ...given };
    const now = checkedAt + after;
    expect(serviceStatus({ platforms, secrets, joins, now, upSince: now - up })).toBe(status);
  });
});

it('gives a check the status of its worst step', () => {
  expect(checkStatus(well)).toBe('pass');
  expect(checkStatus(check(step(), step('warn')))).toBe('warn');
  expect(checkStatus(check(step('warn'), step('fail'), step()))).toBe('fail');
});

it('gives a platform the worse status of its own check and of the synthetic join on it', () => {
  expect(platformStatus(one, undefined)).toBe('pass');
  expect(platformStatus(one, joins({ one: 'pass', other: 'fail' }))).toBe('pass');
  expect(platformStatus(other, joins({ one: 'pass', other: 'fail' }))).toBe('fail');
  expect(platformStatus(one, joins({ 'one-more': 'fail' }))).toBe('pass');
  expect(platformStatus({ ...failing, name: 'one' }, joins({ one: 'pass' }))).toBe('fail');
  expect(platformStatus({ ...check(), name: 'one' }, joins({ one: 'pass' }))).toBe('fail');
});

it('leaves a failed step that was slow a failure', () => {
  expect(stepStatus(step('fail', 5_000))).toBe('fail');
});
