import type { Clock } from '../clock.ts';
import type { GuestChange, GuestState, Waiting } from './state.ts';

/** Keeps the state of a guest, and notifies listeners of its changes. */
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

  /** Whether the guest has left or failed. No other state follows then. */
  get isOver(): boolean {
    return this.state.name === 'left' || this.state.name === 'failed';
  }

  /** Changes the state, unless it is over. */
  set(state: GuestState): void {
    if (this.isOver) return;
    const change = this.#changeTo(state);
    this.#last = change;
    for (const listener of this.#listeners) this.#notify(listener, change);
  }

  /** Adds to the state what a request waits for, or removes that. A guest in the meeting or its lobby waits for nothing. */
  setWaiting(waiting: Waiting | undefined): void {
    const { state } = this;
    switch (state.name) {
      case 'discovering':
      case 'creating-application':
      case 'connecting':
      case 'reconnecting':
        this.set({ ...state, waiting });
    }
  }

  /** Notifies a listener of the last change, and of every one from now on. @returns how to stop that */
  subscribe(listener: (change: GuestChange) => void): () => void {
    // A function that is subscribed twice is two listeners.
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

  /** In a microtask, so that what a listener throws does not break the session. */
  #notify(listener: (change: GuestChange) => void, change: GuestChange): void {
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) listener(change);
    });
  }
}
