import type { Clock } from './clock.ts';
import { dateOf } from './headers.ts';

/** The time as the service has it: token ends and dates of its answers are by its clock, and a guest's own may be wrong. */
export interface ServerTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Learns from the `Date` of an answer. */
  observe(headers: Headers): void;
}

/** The clock's own time, until an answer has told the difference. */
export function createServerTime(clock: Clock): ServerTime {
  let aheadMs = 0;
  return {
    now: () => clock.now() + aheadMs,
    observe(headers) {
      const date = dateOf(headers);
      if (date !== undefined) aheadMs = date - clock.now();
    },
  };
}
