import { stepVerdict, type Check, type Verdict } from './verdict.ts';

/** How long tries took that succeeded, in milliseconds. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The tries of a step within a short stretch of time. */
export interface Stretch {
  /** Its middle, in milliseconds since 1970. */
  readonly at: number;
  /** The worst of the tries. */
  readonly verdict: Verdict;
  /** Undefined if none succeeded. */
  readonly latencyMs: Spread | undefined;
  /** Whether it comes right behind the one before, with no try left out in between. */
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
  readonly verdict: Verdict;
  readonly latencyMs: number;
}

export interface HistorySpan {
  readonly from: Date;
  readonly to: Date;
  /** As many points as a chart can show. */
  readonly stretches: number;
}

/** The steps of these checks, oldest first, in the order of the walk. */
export function stepHistories(checks: readonly Check[], { from, to, stretches }: HistorySpan): StepHistory[] {
  const stretchMs = (to.getTime() - from.getTime()) / stretches;
  const intervalMs = median(checks.map(({ checkedAt, nextDueAt }) => nextDueAt.getTime() - checkedAt.getTime()));
  // A run that came late, or whose time fell just into the stretch behind, leaves no gap.
  const longestGapMs = 2.5 * Math.max(stretchMs, intervalMs);
  const tries = new Map<string, Try[]>(namesInOrder(checks).map((name) => [name, []]));
  for (const { checkedAt, steps } of checks) {
    const at = checkedAt.getTime();
    for (const step of steps) {
      tries.get(step.name)?.push({ at, verdict: stepVerdict(step), latencyMs: step.latencyMs });
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
      return { at, goesOn, verdict: worstOf(within), latencyMs: spreadOf(within) };
    });
  };

  return [...tries].map(([name, all]) => {
    const failures = all.filter(({ verdict }) => verdict === 'fail');
    const lastFailure = failures.at(-1);
    return {
      name,
      tries: all.length,
      failed: failures.length,
      warned: all.filter(({ verdict }) => verdict === 'warn').length,
      lastFailedAt: lastFailure && new Date(lastFailure.at),
      latencyMs: spreadOf(all),
      stretches: stretchesOf(all),
    };
  });
}

/** A walk that broke off has its first steps only: the longest one says how they follow each other. */
function namesInOrder(checks: readonly Check[]): string[] {
  const longestFirst = checks.toSorted((one, other) => other.steps.length - one.steps.length);
  return [...new Set(longestFirst.flatMap(({ steps }) => steps.map(({ name }) => name)))];
}

function worstOf(tries: readonly Try[]): Verdict {
  return (['fail', 'warn'] as const).find((bad) => tries.some(({ verdict }) => verdict === bad)) ?? 'pass';
}

function spreadOf(tries: readonly Try[]): Spread | undefined {
  const latencies = tries.flatMap(({ verdict, latencyMs }) => (verdict === 'fail' ? [] : latencyMs));
  if (latencies.length === 0) return undefined;
  return { min: Math.min(...latencies), median: median(latencies), max: Math.max(...latencies) };
}

/** Of an even number the lower one of the two in the middle; 0 of none. */
function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? 0;
}
