import type { HealthStep } from '../platforms/platform.ts';
import type { Told } from './announcer.ts';
import type { HealthChange, Run } from './change.ts';
import type { HealthTable } from './healthTable.ts';
import { judge, type Check, type Verdict } from './verdict.ts';

/** A part of the service that can be checked: every configured platform, the synthetic joins, and the secrets. */
export interface Checked {
  readonly name: string;
  readonly check: (signal: AbortSignal) => Promise<HealthStep[]>;
}

export interface CheckDiscoveryOptions {
  readonly platforms: readonly Checked[];
  readonly secrets: Checked;
  /** Undefined: none are tried. */
  readonly joins?: Checked | undefined;
  readonly table: HealthTable;
  /** Answers the verdict that the world knows after the run. */
  readonly announce: (run: Run, log: (change: HealthChange) => void) => Promise<Told>;
  readonly tellSubscribers: (run: Run, told: Told) => Promise<void>;
  readonly now?: () => number;
  /** Each part has this long. */
  readonly timeLimitMs?: number;
}

/** Used where the timer does not say when it is due next. */
const assumedIntervalMs = 5 * 60_000;

/**
 * Checks all parts side by side, stores what was found, and tells a confirmed change of verdict. May run twice at once.
 * @param nextDueAt from the timer's own schedule status (nextDue.ts).
 */
export function createCheckDiscovery(options: CheckDiscoveryOptions) {
  const { platforms, secrets, joins, table, announce, tellSubscribers } = options;
  const { now = Date.now, timeLimitMs = 10_000 } = options;

  return async (nextDueAt: Date | undefined, log: (change: HealthChange) => void): Promise<Verdict> => {
    const startedAt = new Date(now());
    const dueAt = nextDueAt && nextDueAt > startedAt ? nextDueAt : new Date(startedAt.getTime() + assumedIntervalMs);
    const checkOne = async ({ name, check }: Checked): Promise<Check> => {
      const steps = await withinTime(check, timeLimitMs);
      return { name, steps, checkedAt: new Date(now()), nextDueAt: dueAt };
    };
    const [secretsCheck, joinsCheck, ...platformChecks] = await Promise.all([
      checkOne(secrets),
      joins && checkOne(joins),
      ...platforms.map(checkOne),
    ]);
    const checks = [...platformChecks, ...(joinsCheck ? [joinsCheck] : []), secretsCheck];
    await Promise.all(checks.map((check) => table.remember(check)));
    const judged = { platforms: platformChecks, secrets: secretsCheck, joins: joinsCheck };
    const verdict = judge({ ...judged, now: now(), upSince: now() });
    const run = { verdict, checks, startedAt, endedAt: new Date(now()) };
    await tellSubscribers(run, await announce(run, log));
    return verdict;
  };
}

/** The check's steps, or one failed step if it does not end in time. */
async function withinTime(check: Checked['check'], timeLimitMs: number): Promise<HealthStep[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<HealthStep[]>((resolve) => {
    const action = 'The check did not end in time. See whether the platform and Entra ID can be reached.';
    timer = setTimeout(() => {
      resolve([{ name: 'time-limit', outcome: 'fail', latencyMs: timeLimitMs, action }]);
    }, timeLimitMs);
  });
  try {
    // Told to end a little earlier, a check can still say which of its steps it was that took so long.
    return await Promise.race([check(AbortSignal.timeout(0.9 * timeLimitMs)), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
