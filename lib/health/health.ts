import { CachedValue } from '../cachedValue.ts';
import type { HealthTable } from './healthTable.ts';
import { readHistory, type HealthHistory } from './history.ts';
import { secretsName, type ConfigurationWarning } from './parts.ts';
import {
  checkStatus,
  isOverdue,
  platformStatus,
  serviceStatus,
  stepStatus,
  type Check,
  type HealthReport,
  type Status,
  type StatusSummary,
} from './status.ts';

/** What the health of a service is read from. */
interface HealthOptions {
  readonly table: HealthTable;
  readonly platformNames: readonly string[];
  /** The part that has the synthetic joins; undefined: none are made. */
  readonly joinsName?: string | undefined;
  /** Default: none. */
  readonly warnings?: readonly ConfigurationWarning[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const cachedForMs = 10_000;

/** What the stored checks say about the service. */
export class Health {
  readonly #options: HealthOptions;
  readonly #now: () => number;
  readonly #upSince: number;
  readonly #status: CachedValue<StatusSummary>;
  readonly #history: CachedValue<HealthHistory>;

  constructor(options: HealthOptions) {
    const { table, platformNames, joinsName, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.#upSince = now();
    const cached = { isFresh: (_: unknown, ageMs: number) => ageMs < cachedForMs, now };
    const failed: StatusSummary = { status: 'fail', checkedAt: undefined };
    this.#status = new CachedValue<StatusSummary>({ ...cached, load: () => this.report().catch(() => failed) });
    const partNames = [...platformNames, ...(joinsName === undefined ? [] : [joinsName]), secretsName];
    const report = (): Promise<HealthReport> => this.report();
    this.#history = new CachedValue({
      ...cached,
      load: () => readHistory({ table, partNames, report }, new Date(now())),
    });
  }

  /** The status of at most 10 s ago, one reading for all who ask, because this endpoint is open to everybody. Never throws. */
  status(): Promise<StatusSummary> {
    return this.#status.get();
  }

  /** Read at most 10 s ago, one reading for all who ask. Throws `storage-unavailable`, which is not remembered. */
  history(): Promise<HealthHistory> {
    return this.#history.get();
  }

  /**
   * The status of a part's last check, with that of the synthetic join for a platform; undefined if the part was never
   * checked, or if its check is overdue. Throws `storage-unavailable`.
   */
  async lastStatus(name: string): Promise<Status | undefined> {
    const [check, joins] = await Promise.all([this.#options.table.latest(name), this.#latestJoins()]);
    if (!check || isOverdue(check, this.#now())) return undefined;
    return platformStatus(check, joins && !isOverdue(joins, this.#now()) ? joins : undefined);
  }

  /** Read from the table now. Throws `storage-unavailable`. */
  async report(): Promise<HealthReport> {
    const { table, platformNames, warnings = [] } = this.#options;
    const [joins, secrets, ...platforms] = await Promise.all([
      this.#latestJoins(),
      ...[secretsName, ...platformNames].map((name) => table.latest(name)),
    ]);
    const readAt = new Date(this.#now());
    const status = serviceStatus({ platforms, secrets, joins, now: readAt.getTime(), upSince: this.#upSince });
    const checks = [...platforms, joins, secrets].filter((check) => check !== undefined);
    const times = checks.map(({ checkedAt }) => checkedAt.getTime());
    const ofSettings = warnings.map((warning) => ({ ...warning, checkedAt: readAt, nextDueAt: readAt }));
    return {
      status: status === 'pass' && warnings.length > 0 ? 'warn' : status,
      checkedAt: times.length > 0 ? new Date(Math.min(...times)) : undefined,
      checks: [...checks, ...ofSettings].map((check) => ({
        ...check,
        status: checkStatus(check),
        steps: check.steps.map((step) => ({ ...step, outcome: stepStatus(step) })),
      })),
    };
  }

  async #latestJoins(): Promise<Check | undefined> {
    const { table, joinsName } = this.#options;
    return joinsName === undefined ? undefined : table.latest(joinsName);
  }
}
