import { checkVerdict, type Check, type Verdict } from './verdict.ts';

/** A change of verdict, as it is logged and posted. */
export interface HealthChange {
  readonly event: 'discovery-health-changed';
  readonly status: Verdict;
  readonly previous: Verdict;
  readonly checkedAt: string;
  readonly checks: readonly { name: string; status: Verdict; failing?: string; action?: string }[];
}

/** One run of the checks. */
export interface Run {
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** What is told of a run that changed the verdict. */
export function changeOf({ verdict, checks, endedAt }: Run, previous: Verdict): HealthChange {
  return {
    event: 'discovery-health-changed',
    status: verdict,
    previous,
    checkedAt: endedAt.toISOString(),
    checks: checks.map((check) => {
      const bad = check.steps.find(({ outcome }) => outcome !== 'pass');
      return {
        name: check.name,
        status: checkVerdict(check),
        ...(bad && { failing: bad.name }),
        ...(bad?.action && { action: bad.action }),
      };
    }),
  };
}
