interface Appointment {
  readonly time: number;
  readonly run: () => void;
}

/** setTimeout counts milliseconds in 31 bits, which is 24.8 days: what is further away is waited for in portions. */
const longestDelayMs = 2 ** 31 - 1;
/** A clock that stands still must not make it a busy loop. */
const shortestDelayMs = 50;

/**
 * A clock, and what is to happen at a time of it. It runs as the source that it is given, and can be put forward. All
 * appointments share one timeout, which keeps no process alive.
 */
export class Clock {
  readonly #source: () => number;
  readonly #appointments = new Set<Appointment>();
  #aheadMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  /** @param source milliseconds since the epoch */
  constructor(source: () => number) {
    this.#source = source;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#source() + this.#aheadMs;
  }

  /**
   * Puts the clock forward, and runs every appointment that is due, in order; `now` is the new time already. With 0 it
   * catches up with a source that was changed.
   */
  advance(milliseconds: number): void {
    this.#aheadMs += milliseconds;
    this.#runDue();
  }

  /** Makes an appointment; one in the past runs at the next opportunity. @returns how to cancel it */
  at(time: number, run: () => void): () => void {
    const appointment = { time, run };
    this.#appointments.add(appointment);
    if (time < this.#wakesAt) this.#wakeAt(time);
    return () => void this.#appointments.delete(appointment);
  }

  /** Forgets every appointment, and goes as its source goes. */
  reset(): void {
    this.#aheadMs = 0;
    this.#appointments.clear();
    this.#wakeAt(Infinity);
  }

  #runDue(): void {
    for (let due = this.#takeDue(); due.length > 0; due = this.#takeDue()) {
      for (const appointment of due) if (this.#appointments.delete(appointment)) appointment.run();
    }
    let next = Infinity;
    for (const { time } of this.#appointments) next = Math.min(next, time);
    this.#wakeAt(next);
  }

  /** Those that are due, in order; an earlier one may still cancel a later one. */
  #takeDue(): Appointment[] {
    const now = this.now();
    return [...this.#appointments].filter(({ time }) => time <= now).sort((a, b) => a.time - b.time);
  }

  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    this.#wakesAt = time;
    if (time === Infinity) return;
    const delayMs = Math.max(shortestDelayMs, Math.min(longestDelayMs, time - this.now()));
    this.#timer = setTimeout(() => {
      this.#runDue();
    }, delayMs).unref();
  }
}
