/** A clock that stands still until a test moves it on. */
export interface AdjustableClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  advance(by: { hours?: number; minutes?: number; seconds?: number; milliseconds?: number }): void;
}

/** A clock that begins at the time of day, so that real servers and it agree at first. */
export function adjustableClock(): AdjustableClock {
  let time = Date.now();
  return {
    now: () => time,
    advance({ hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }) {
      time += ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds;
    },
  };
}
