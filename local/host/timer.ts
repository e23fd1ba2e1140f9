import { Clock } from '../clock.ts';
import type { Schedule } from '../../admin/ncrontab.ts';
import type { TypedData } from './coreTypes.ts';

export interface TimerOptions {
  schedule: Schedule;
  /** Runs the function once with the trigger's data. Its failures are its own: a rejection only ends the run. */
  run: (data: TypedData) => Promise<unknown>;
  /** Default: the real time. */
  clock?: Clock;
  runOnStartup?: boolean;
  /** Whether the real host would keep the schedule's status; see `timerData`. */
  useMonitor?: boolean;
}

interface Status {
  last: Date;
  lastUpdated: Date;
  next: Date;
}

/** .NET's date for something that has not happened yet. */
const never = new Date('0001-01-01T00:00:00Z');

/**
 * A timer trigger. One run at a time; the next one is planned when a run has ended, so occurrences that a long run
 * missed follow at once, as in the real host (TimerListener.cs of Azure/azure-webjobs-sdk-extensions).
 */
export class Timer {
  readonly #schedule: Schedule;
  readonly #run: TimerOptions['run'];
  readonly #clock: Clock;
  readonly #runOnStartup: boolean;
  readonly #useMonitor: boolean;
  readonly #status: Status;
  #running: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor({ schedule, run, clock = new Clock(Date.now), runOnStartup = false, useMonitor = true }: TimerOptions) {
    this.#schedule = schedule;
    this.#run = run;
    this.#clock = clock;
    this.#runOnStartup = runOnStartup;
    const now = new Date(clock.now());
    this.#useMonitor = useMonitor && !runsTwiceAMinute(schedule, now);
    this.#status = { last: never, lastUpdated: now, next: schedule.next(now) };
  }

  /** Runs at every occurrence from now on. */
  start(): void {
    if (this.#runOnStartup) void this.#occur();
    else this.#plan();
  }

  /** Runs once, now, as the admin endpoint asks. Does nothing while a run is under way. */
  async fire(): Promise<void> {
    if (this.#running || this.#stopped) return;
    this.#running = this.#run(timerData(this.#useMonitor ? this.#status : undefined))
      .catch(() => undefined)
      .then(() => {
        this.#running = undefined;
      });
    await this.#running;
  }

  /** Starts no more runs and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  async #occur(): Promise<void> {
    const startedAt = new Date(this.#clock.now());
    await this.fire();
    Object.assign(this.#status, { last: startedAt, lastUpdated: startedAt, next: this.#schedule.next(startedAt) });
    this.#plan();
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#cancel = this.#clock.at(this.#status.next.getTime(), () => void this.#occur());
  }
}

/** The real host keeps no status of a schedule that occurs more than once within the next minute. */
function runsTwiceAMinute(schedule: Schedule, now: Date): boolean {
  return schedule.next(schedule.next(now)).getTime() - now.getTime() < 60_000;
}

/**
 * The trigger's data. At a scheduled run `Next` is the occurrence that is running: the real host computes the following
 * one only afterwards. Without a monitor there is no status at all.
 */
function timerData(status: Status | undefined): TypedData {
  const ScheduleStatus = status && {
    Last: status.last.toISOString(),
    LastUpdated: status.lastUpdated.toISOString(),
    Next: status.next.toISOString(),
  };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: ScheduleStatus ?? null,
      IsPastDue: false,
    }),
  };
}
