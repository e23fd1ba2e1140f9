import type { HealthStep } from '../platforms/platform.ts';

/** As in the health check response format that monitors know (draft-inadarei-api-health-check). */
export const verdicts = ['pass', 'warn', 'fail'] as const;
export type Verdict = (typeof verdicts)[number];

/** The last check of one part of the service: a meeting platform, or the secrets in the vault. */
export interface Check {
  readonly name: string;
  readonly steps: readonly HealthStep[];
  readonly checkedAt: Date;
  /** When the timer will run next, by its own schedule. */
  readonly nextDueAt: Date;
}

const slowStepMs = 2_000;
const firstCheckWithinMs = 10 * 60_000;

/** A step's own outcome, or `warn` if it succeeded in more than 2 s. */
export function stepVerdict({ outcome, latencyMs }: HealthStep): Verdict {
  return outcome === 'pass' && latencyMs > slowStepMs ? 'warn' : outcome;
}

/** The worst of the check's steps; a check without any never came to its first one. */
export function checkVerdict({ steps }: Pick<Check, 'steps'>): Verdict {
  const verdicts = steps.map(stepVerdict);
  if (verdicts.length === 0 || verdicts.includes('fail')) return 'fail';
  return verdicts.includes('warn') ? 'warn' : 'pass';
}

/**
 * The verdict on a platform: the worst of its own check and of the join that was tried on it. If a guest could not join,
 * all that works before counts for nothing.
 * @param joins the check that {@link joinStepName} names the steps of.
 */
export function platformVerdict(
  platform: Pick<Check, 'name' | 'steps'>,
  joins: Pick<Check, 'steps'> | undefined,
): Verdict {
  const tried = joins?.steps.filter(({ name }) => name.startsWith(joinStepName(platform.name, ''))) ?? [];
  return platform.steps.length > 0 ? checkVerdict({ steps: [...platform.steps, ...tried] }) : 'fail';
}

/** The name of a step of a synthetic join, which says whose it is: one check has those of all platforms. */
export function joinStepName(platform: string, step: string): string {
  return `${platform}/${step}`;
}

export interface Judged {
  /** Last checks of the configured platforms, as far as there are any. */
  readonly platforms: readonly (Check | undefined)[];
  /** Last check of what they all need: the secrets. */
  readonly secrets: Check | undefined;
  /** Last synthetic joins, if any are tried. */
  readonly joins?: Check | undefined;
  readonly now: number;
  /** Since when this process could have seen a check. */
  readonly upSince: number;
}

/**
 * The verdict on the service (docs/design.md, "Health"): `fail` when the checker is silent or every platform fails, by its
 * own check or because a guest could not join on it; `warn` when anything else is not well; else `pass`. Before the first
 * check: `warn` for ten minutes, then `fail`.
 */
export function judge({ platforms, secrets, joins, now, upSince }: Judged): Verdict {
  const checks = [...platforms, joins, secrets].filter((check) => check !== undefined);
  if (checks.length === 0) return now - upSince < firstCheckWithinMs ? 'warn' : 'fail';
  if (checks.some((check) => isSilent(check, now))) return 'fail';
  const verdicts = platforms.map((check) => (check ? platformVerdict(check, joins) : 'warn'));
  if (verdicts.every((verdict) => verdict === 'fail')) return 'fail';
  const others = [secrets ? checkVerdict(secrets) : 'warn', joins ? checkVerdict(joins) : 'pass'];
  const well = [...verdicts, ...others].every((verdict) => verdict === 'pass');
  return well ? 'pass' : 'warn';
}

/** Whether the next check is overdue, so that the last one says nothing any more. */
export function isSilent({ checkedAt, nextDueAt }: Check, now: number): boolean {
  const intervalMs = nextDueAt.getTime() - checkedAt.getTime();
  return now > nextDueAt.getTime() + 1.5 * intervalMs;
}
