import type { HealthStep } from '../platforms/platform.ts';
import type { HealthPart } from './parts.ts';
import { notifyChange, type ChangeNotifier, type HealthChange } from './notifyChange.ts';
import { notifySubscribers, type SubscriberNotifier } from './notifySubscribers.ts';
import { serviceStatus, type Check, type Status } from './status.ts';

/** What a run of the checks needs. */
interface DiscoveryCheck extends ChangeNotifier, SubscriberNotifier {
  readonly platforms: readonly HealthPart[];
  readonly secrets: HealthPart;
  /** Undefined: no synthetic joins are made. */
  readonly joins?: HealthPart | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How long the check of each part may take. */
  readonly timeLimitMs?: number;
}

/** Used where the timer does not say when it is due next. */
const assumedIntervalMs = 5 * 60_000;

/**
 * Checks all parts at the same time, stores the results, and notifies of a confirmed change of status. May run twice at
 * once.
 * @param nextDueAt from the timer's own schedule status, see {@link nextDue}
 * @returns the status of the service by these checks
 */
export async function checkDiscovery(
  check: DiscoveryCheck,
  nextDueAt: Date | undefined,
  log: (change: HealthChange) => void,
): Promise<Status> {
  const { platforms, secrets, joins, table, now = Date.now, timeLimitMs = 10_000 } = check;
  const startedAt = new Date(now());
  const dueAt = nextDueAt && nextDueAt > startedAt ? nextDueAt : new Date(startedAt.getTime() + assumedIntervalMs);
  const checkPart = async (part: HealthPart): Promise<Check> => {
    const steps = await stepsWithinTime(part, timeLimitMs);
    return { name: part.name, steps, checkedAt: new Date(now()), nextDueAt: dueAt };
  };
  const [secretsCheck, joinsCheck, ...platformChecks] = await Promise.all([
    checkPart(secrets),
    joins && checkPart(joins),
    ...platforms.map(checkPart),
  ]);
  const checks = [...platformChecks, ...(joinsCheck ? [joinsCheck] : []), secretsCheck];
  await Promise.all(checks.map((one) => table.remember(one)));
  const found = { platforms: platformChecks, secrets: secretsCheck, joins: joinsCheck };
  const status = serviceStatus({ ...found, now: now(), upSince: now() });
  const run = { status, checks, startedAt, endedAt: new Date(now()) };
  await notifySubscribers(check, run, await notifyChange(check, run, log));
  return status;
}

/** The part's steps, or one failed step if its check does not end in time. */
async function stepsWithinTime({ check }: HealthPart, timeLimitMs: number): Promise<HealthStep[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<HealthStep[]>((resolve) => {
    const action = 'The check did not end in time. See whether the platform and Entra ID can be reached.';
    timer = setTimeout(() => {
      resolve([{ name: 'time-limit', outcome: 'fail', latencyMs: timeLimitMs, action }]);
    }, timeLimitMs);
  });
  try {
    // The signal comes a little before the limit, so that a check can still say which of its steps took so long.
    return await Promise.race([check(AbortSignal.timeout(0.9 * timeLimitMs)), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** The host's times of a timer (`timer.scheduleStatus`): texts, absent where the host keeps no schedule. */
interface ScheduleStatus {
  readonly last?: string;
  readonly next?: string;
}

/** The host starts a run up to about a second before its time. */
const earlyMs = 5_000;

/**
 * When the timer is due after the run that began at `now`; undefined if its host does not say. In a scheduled run `next`
 * is the occurrence that is running (TimerListener.cs of azure-webjobs-sdk-extensions works out the following one only
 * afterwards), so the one after is as far away as the last one was.
 */
export function nextDue({ last, next }: ScheduleStatus = {}, now: number): Date | undefined {
  const nextAt = Date.parse(next ?? '');
  if (Number.isNaN(nextAt)) return undefined;
  if (nextAt - now > earlyMs) return new Date(nextAt);
  const lastAt = Date.parse(last ?? '');
  // In a timer's first run `last` is in the year 1.
  return lastAt > 0 && lastAt < nextAt ? new Date(Math.max(nextAt, now) + nextAt - lastAt) : undefined;
}
