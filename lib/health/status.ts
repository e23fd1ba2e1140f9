import type { HealthStep } from '../platforms/platform.ts';

/** As in the health check response format that monitors know (draft-inadarei-api-health-check). */
export const statuses = ['pass', 'warn', 'fail'] as const;
export type Status = (typeof statuses)[number];

/** The last check of one part of the service: a meeting platform, the synthetic joins, or the secrets in the vault. */
export interface Check {
  readonly name: string;
  readonly steps: readonly HealthStep[];
  readonly checkedAt: Date;
  /** When the timer will run next, by its own schedule. */
  readonly nextDueAt: Date;
}

/** The status of the service, as monitors see it. */
export interface StatusSummary {
  readonly status: Status;
  /** The oldest of the last checks; undefined before the first. */
  readonly checkedAt: Date | undefined;
}

/** The status of the service with every part's last check. */
export interface HealthReport extends StatusSummary {
  readonly checks: readonly (Check & { readonly status: Status })[];
}

const slowStepMs = 2_000;
const firstCheckWithinMs = 10 * 60_000;

/** A step's own outcome, or `warn` if it succeeded in more than 2 s. */
export function stepStatus({ outcome, latencyMs }: Pick<HealthStep, 'outcome' | 'latencyMs'>): Status {
  return outcome === 'pass' && latencyMs > slowStepMs ? 'warn' : outcome;
}

/** The worst of the check's steps. A check without any step failed before its first one. */
export function checkStatus({ steps }: Pick<Check, 'steps'>): Status {
  return steps.length === 0 ? 'fail' : worstOf(steps.map(stepStatus));
}

/** The worst of these; `pass` if there are none. */
export function worstOf(found: readonly Status[]): Status {
  return (['fail', 'warn'] as const).find((bad) => found.includes(bad)) ?? 'pass';
}

/**
 * The status of a platform: the worst of its own check and of the synthetic join on it, because a platform that guests
 * cannot join fails, whatever else works.
 * @param joins the check whose steps {@link joinStepName} names
 */
export function platformStatus(
  platform: Pick<Check, 'name' | 'steps'>,
  joins: Pick<Check, 'steps'> | undefined,
): Status {
  const tried = joins?.steps.filter(({ name }) => name.startsWith(joinStepName(platform.name, ''))) ?? [];
  return platform.steps.length > 0 ? checkStatus({ steps: [...platform.steps, ...tried] }) : 'fail';
}

/** The name of a step of a synthetic join. It begins with the platform, because one check has the joins of all platforms. */
export function joinStepName(platform: string, step: string): string {
  return `${platform}/${step}`;
}

/** What the status of the service follows from. */
interface LastChecks {
  /** Last checks of the configured platforms, as far as there are any. */
  readonly platforms: readonly (Check | undefined)[];
  /** Last check of what they all need: the secrets. */
  readonly secrets: Check | undefined;
  /** Last synthetic joins, if any are made. */
  readonly joins?: Check | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Since when this process could have seen a check, in milliseconds since 1970. */
  readonly upSince: number;
}

/**
 * The status of the service (docs/design.md, "Health"): `fail` when a check is overdue or every platform fails, by its own
 * check or because a guest could not join on it; `warn` when anything else is not `pass`; else `pass`. Before the first
 * check: `warn` for ten minutes, then `fail`.
 */
export function serviceStatus({ platforms, secrets, joins, now, upSince }: LastChecks): Status {
  const checks = [...platforms, joins, secrets].filter((check) => check !== undefined);
  if (checks.length === 0) return now - upSince < firstCheckWithinMs ? 'warn' : 'fail';
  if (checks.some((check) => isOverdue(check, now))) return 'fail';
  const ofPlatforms = platforms.map((check) => (check ? platformStatus(check, joins) : 'warn'));
  if (ofPlatforms.every((status) => status === 'fail')) return 'fail';
  const others = [secrets ? checkStatus(secrets) : 'warn', joins ? checkStatus(joins) : 'pass'];
  return [...ofPlatforms, ...others].every((status) => status === 'pass') ? 'pass' : 'warn';
}

/** Whether the next check should have been made by now, so that the last one no longer counts. */
export function isOverdue({ checkedAt, nextDueAt }: Pick<Check, 'checkedAt' | 'nextDueAt'>, now: number): boolean {
  const intervalMs = nextDueAt.getTime() - checkedAt.getTime();
  return now > nextDueAt.getTime() + 1.5 * intervalMs;
}
