import type { Clock } from '../../client/client.ts';
import { until } from '../support/until.ts';

/** A clock that stands still until a test moves it on; what falls due is called back then, in its order. */
export interface ManualClock extends Clock {
  /** For how long each timer that is set has been asked for, oldest first, in ms. */
  readonly timers: readonly number[];
  advance(ms: number): void;
  /** Moves the time of day alone, as when somebody sets it: no timer is nearer for it. */
  jump(ms: number): void;
  /** Waits until a timer of at most so many ms is set, goes on by its time, and returns it. */
  pass(atMostMs: number): Promise<number>;
}

/** Begins at the time of day, so that real servers and it agree at first. */
export function manualClock(): ManualClock {
  let time = Date.now();
  let elapsed = 0;
  let timers: { dueAt: number; ms: number; callback: () => void }[] = [];
  const advance = (ms: number): void => {
    const end = elapsed + ms;
    for (;;) {
      const [next] = timers.filter(({ dueAt }) => dueAt <= end).sort((one, other) => one.dueAt - other.dueAt);
      const reached = next?.dueAt ?? end;
      time += reached - elapsed;
      elapsed = reached;
      if (!next) return;
      timers = timers.filter((timer) => timer !== next);
      next.callback();
    }
  };
  return {
    now: () => time,
    after(ms, callback) {
      const timer = { dueAt: elapsed + Math.max(0, ms), ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    get timers() {
      return timers.map(({ ms }) => ms);
    },
    advance,
    jump(ms) {
      time += ms;
    },
    async pass(atMostMs) {
      await until(() => timers.some(({ ms }) => ms <= atMostMs));
      const { ms = 0 } = timers.find((timer) => timer.ms <= atMostMs) ?? {};
      advance(ms);
      return ms;
    },
  };
}
