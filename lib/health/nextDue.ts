/** What the host tells a timer of its schedule (`timer.scheduleStatus`): texts, absent where it keeps no schedule. */
export interface ScheduleStatus {
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
  // The year 1: it has never run.
  return lastAt > 0 && lastAt < nextAt ? new Date(Math.max(nextAt, now) + nextAt - lastAt) : undefined;
}
