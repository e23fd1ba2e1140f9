import type { Clock } from '../clock.ts';
import { notify } from '../notify.ts';
import { isOver, type GuestChange, type GuestState } from './state.ts';

/** Where a guest is, and who wants to know. */
export class StateStore {
  readonly #clock: Clock;
  readonly #listeners = new Set<(change: GuestChange) => void>();
  #last: GuestChange;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = this.#changeTo({ name: 'discovering' });
  }

  get state(): GuestState {
    return this.#last.state;
  }

  /** Nothing comes after an end. */
  set(state: GuestState): void {
    if (isOver(this.state)) return;
    const change = this.#changeTo(state);
    this.#last = change;
    for (const listener of this.#listeners) this.#notify(listener, change);
  }

  /** Tells a listener the last change, and every one from now on. @returns how to stop that */
  subscribe(listener: (change: GuestChange) => void): () => void {
    // The same function twice is two listeners.
    const listening = (change: GuestChange): void => {
      listener(change);
    };
    this.#listeners.add(listening);
    this.#notify(listening, this.#last);
    return () => void this.#listeners.delete(listening);
  }

  #changeTo(state: GuestState): GuestChange {
    const step = state.name === 'reconnecting' ? state.step : state.name;
    return { state, step, at: this.#clock.now() };
  }

  #notify(listener: (change: GuestChange) => void, change: GuestChange): void {
    notify(() => {
      if (this.#listeners.has(listener)) listener(change);
    });
  }
}
