import { stepStatus, worstOf, type Check, type Status } from './status.ts';

/** How long the tries that succeeded took, in milliseconds. */
interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The tries of a step within a short stretch of time. */
export interface Stretch {
  /** Its middle, in milliseconds since 1970. */
  readonly at: number;
  /** The worst of the tries. */
  readonly status: Status;
  /** Undefined if none succeeded. */
  readonly latencyMs: Spread | undefined;
  /** Whether it follows the one before without a missing try in between. */
  readonly goesOn: boolean;
}

/** What became of one step over some time. */
export interface StepHistory {
  readonly name: string;
  readonly tries: number;
  readonly failed: number;
  readonly warned: number;
  readonly lastFailedAt: Date | undefined;
  readonly latencyMs: Spread | undefined;
  /** Oldest first, without those that had no try. */
  readonly stretches: readonly Stretch[];
}

interface Try {
  readonly at: number;
  readonly status: Status;
  readonly latencyMs: number;
}

export interface HistorySpan {
  readonly from: Date;
  readonly to: Date;
  /** How many stretches the time is divided into: as many points as a chart can show. */
  readonly stretches: number;
}

/** What became of each step in these checks, which are oldest first. The steps are in the order in which they are tried. */
export function stepHistories(checks: readonly Check[], { from, to, stretches }: HistorySpan): StepHistory[] {
  const stretchMs = (to.getTime() - from.getTime()) / stretches;
  const intervalMs = median(checks.map(({ checkedAt, nextDueAt }) => nextDueAt.getTime() - checkedAt.getTime()));
  // A run that came late, or just missed its stretch, makes no gap.
  const longestGapMs = 2.5 * Math.max(stretchMs, intervalMs);
  const tries = new Map<string, Try[]>(namesInOrder(checks).map((name) => [name, []]));
  for (const { checkedAt, steps } of checks) {
    const at = checkedAt.getTime();
    for (const step of steps) {
      tries.get(step.name)?.push({ at, status: stepStatus(step), latencyMs: step.latencyMs });
    }
  }

  const stretchesOf = (all: readonly Try[]): Stretch[] => {
    const numbered = new Map<number, Try[]>();
    for (const one of all) {
      const number = Math.min(Math.floor((one.at - from.getTime()) / stretchMs), stretches - 1);
      numbered.set(number, [...(numbered.get(number) ?? []), one]);
    }
    let last = -Infinity;
    return [...numbered].map(([number, within]) => {
      const at = from.getTime() + (number + 0.5) * stretchMs;
      const goesOn = at - last <= longestGapMs;
      last = at;
      return { at, goesOn, status: worstOf(within.map(({ status }) => status)), latencyMs: spreadOf(within) };
    });
  };

  return [...tries].map(([name, all]) => {
    const failures = all.filter(({ status }) => status === 'fail');
    const lastFailure = failures.at(-1);
    return {
      name,
      tries: all.length,
      failed: failures.length,
      warned: all.filter(({ status }) => status === 'warn').length,
      lastFailedAt: lastFailure && new Date(lastFailure.at),
      latencyMs: spreadOf(all),
      stretches: stretchesOf(all),
    };
  });
}

/** A check that failed early has its first steps only, so the longest check says how the steps follow each other. */
function namesInOrder(checks: readonly Check[]): string[] {
  const longestFirst = checks.toSorted((one, other) => other.steps.length - one.steps.length);
  return [...new Set(longestFirst.flatMap(({ steps }) => steps.map(({ name }) => name)))];
}

function spreadOf(tries: readonly Try[]): Spread | undefined {
  const latencies = tries.flatMap(({ status, latencyMs }) => (status === 'fail' ? [] : latencyMs));
  if (latencies.length === 0) return undefined;
  return { min: Math.min(...latencies), median: median(latencies), max: Math.max(...latencies) };
}

/** The lower one of the two in the middle where their number is even; 0 of none. */
function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? 0;
}
