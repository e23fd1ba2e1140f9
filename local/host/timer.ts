import type { TypedData } from './coreTypes.ts';
import type { Schedule } from './ncrontab.ts';

/** Time, so that tests can rule it. */
export interface Clock {
  now(): Date;
  /** Calls back after a delay; the returned function calls it off. */
  after(delayMs: number, callback: () => void): () => void;
}

export const realClock: Clock = {
  now: () => new Date(),
  after(delayMs, callback) {
    const timeout = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timeout);
    };
  },
};

export interface TimerOptions {
  schedule: Schedule;
  /** Runs the function once with the trigger's data. Its failures are its own: a rejection only ends the run. */
  run: (data: TypedData) => Promise<unknown>;
  clock?: Clock;
  runOnStartup?: boolean;
  /** Whether the real host would keep the schedule's status; see `timerData`. */
  useMonitor?: boolean;
}

export interface Timer {
  /** Runs at every occurrence from now on. */
  start(): void;
  /** Runs once, now, as the admin endpoint asks. Does nothing while a run is under way. */
  fire(): Promise<void>;
  /** Starts no more runs and waits for the one under way. */
  stop(): Promise<void>;
}

interface Status {
  last: Date;
  lastUpdated: Date;
  next: Date;
}

/** setTimeout counts in 31 bits of milliseconds, 24.8 days; the real host sleeps in portions of 24 days, too. */
const longestDelayMs = 24 * 24 * 60 * 60 * 1000;

/** What .NET says for "never yet". */
const never = new Date('0001-01-01T00:00:00Z');

/**
 * A timer trigger. One run at a time; the next one is planned when a run has ended, so occurrences that a long run missed
 * follow at once, as in the real host (TimerListener.cs of Azure/azure-webjobs-sdk-extensions).
 */
export function createTimer(options: TimerOptions): Timer {
  const { schedule, run, clock = realClock, runOnStartup = false } = options;
  const status: Status = { last: never, lastUpdated: clock.now(), next: schedule.next(clock.now()) };
  const useMonitor = (options.useMonitor ?? true) && !runsTwiceAMinute(schedule, clock.now());
  let running: Promise<void> | undefined;
  let callOff: (() => void) | undefined;
  let stopped = false;

  async function fire(): Promise<void> {
    if (running || stopped) return;
    running = run(timerData(useMonitor ? status : undefined))
      .catch(() => undefined)
      .then(() => {
        running = undefined;
      });
    await running;
  }

  async function occur(earliest: Date): Promise<void> {
    const startedAt = clock.now();
    await fire();
    // A timer that fires a moment early must not find the same occurrence again.
    const at = startedAt < earliest ? earliest : startedAt;
    Object.assign(status, { last: at, lastUpdated: at, next: schedule.next(at) });
    plan();
  }

  function plan(): void {
    if (stopped) return;
    const delayMs = status.next.getTime() - clock.now().getTime();
    callOff =
      delayMs > longestDelayMs
        ? clock.after(longestDelayMs, plan)
        : clock.after(Math.max(delayMs, 1), () => void occur(status.next));
  }

  return {
    fire,
    start() {
      if (runOnStartup) void occur(clock.now());
      else plan();
    },
    async stop() {
      stopped = true;
      callOff?.();
      await running;
    },
  };
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
