import type { HealthStep } from '../platforms/platform.ts';
import type { HealthTable } from './healthTable.ts';
import { checkVerdict, isSilent, judge, platformVerdict, stepVerdict, type Check, type Verdict } from './verdict.ts';

/** The state of the service with every part's last check. */
export interface HealthReport {
  readonly status: Verdict;
  /** The oldest of the last checks; absent before the first. */
  readonly checkedAt: Date | undefined;
  readonly checks: readonly (Check & { readonly status: Verdict; readonly steps: readonly HealthStep[] })[];
}

export interface HealthReporterOptions {
  readonly table: HealthTable;
  readonly platformNames: readonly string[];
  readonly secretsName: string;
  /** The part that has the synthetic joins; undefined: none are tried. */
  readonly joinsName?: string | undefined;
  /** Default: none. */
  readonly warnings?: readonly Warning[];
  readonly now?: () => number;
}

/** What the settings themselves warrant, as a part of the report. It changes with them only, so nobody is told of a change. */
export type Warning = Pick<Check, 'name' | 'steps'>;

export interface HealthReporter {
  /** Read from the table now. Throws `storage-unavailable`. */
  report(): Promise<HealthReport>;
  /**
   * The verdict of a part's last check, of a platform with that of the join that was tried on it; undefined if it was
   * never checked, or if its check is overdue.
   */
  verdictOn(name: string): Promise<Verdict | undefined>;
  /** The verdict as of at most 10 s ago, one reading for all who ask: this endpoint is open to everybody. Never throws. */
  status(): Promise<Pick<HealthReport, 'status' | 'checkedAt'>>;
}

const cachedForMs = 10_000;

/** Reads the last checks and judges them. */
export function createHealthReporter(options: HealthReporterOptions): HealthReporter {
  const { table, platformNames, secretsName, joinsName, warnings = [], now = Date.now } = options;
  const upSince = now();
  let cached: { at: number; answer: ReturnType<HealthReporter['status']> } | undefined;

  const latestJoins = async () => (joinsName === undefined ? undefined : table.latest(joinsName));
  const report = async (): Promise<HealthReport> => {
    const [joins, secrets, ...platforms] = await Promise.all([
      latestJoins(),
      ...[secretsName, ...platformNames].map((name) => table.latest(name)),
    ]);
    const checks = [...platforms, joins, secrets].filter((check) => check !== undefined);
    const times = checks.map(({ checkedAt }) => checkedAt.getTime());
    const verdict = judge({ platforms, secrets, joins, now: now(), upSince });
    const readAt = new Date(now());
    const standing = warnings.map((warning) => ({ ...warning, checkedAt: readAt, nextDueAt: readAt }));
    return {
      status: verdict === 'pass' && standing.length > 0 ? 'warn' : verdict,
      checkedAt: times.length > 0 ? new Date(Math.min(...times)) : undefined,
      checks: [...checks, ...standing].map((check) => ({
        ...check,
        status: checkVerdict(check),
        steps: check.steps.map((step) => ({ ...step, outcome: stepVerdict(step) })),
      })),
    };
  };

  return {
    report,
    async verdictOn(name) {
      const [check, joins] = await Promise.all([table.latest(name), latestJoins()]);
      if (!check || isSilent(check, now())) return undefined;
      return platformVerdict(check, joins && !isSilent(joins, now()) ? joins : undefined);
    },
    status() {
      if (!cached || now() - cached.at >= cachedForMs) {
        cached = {
          at: now(),
          answer: report().catch(() => ({ status: 'fail', checkedAt: undefined })),
        };
      }
      return cached.answer;
    },
  };
}
