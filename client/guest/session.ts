import type { Send } from '../answer.ts';
import type { Clock } from '../clock.ts';
import { createServerTime } from '../serverTime.ts';
import type { GuestDetails } from './application.ts';
import type { GuestPass } from './pass.ts';
import { Passes, type Rejoin } from './passes.ts';
import type { GuestReason } from './reason.ts';
import { Setbacks, usualFirstPauseMs, type ReconnectLimits } from './setbacks.ts';
import { Standing } from './standing.ts';
import { isOver, reasonOf, waitingIn, type GuestChange, type GuestState, type Waiting } from './state.ts';
import { stay } from './stay.ts';
import { createWire, type Wire } from './wire.ts';

interface SessionParts {
  readonly join: GuestPass;
  readonly rejoin: Rejoin;
  readonly details: GuestDetails;
  readonly reconnect: ReconnectLimits;
  readonly fetch: Send | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
}

/** A guest's stay in one meeting, from the first request to the end. */
export class GuestSession {
  readonly #standing: Standing;
  readonly #passes: Passes;
  readonly #wire: Wire;
  readonly #stopped = new AbortController();
  /** The newest application, until it is removed. */
  #applicationUrl: string | undefined;
  #removal = Promise.resolve();

  /** Made by `joinMeeting`. */
  constructor({ join, rejoin, details, reconnect, fetch, clock, random, signal }: SessionParts) {
    const { firstPauseMs = usualFirstPauseMs } = reconnect;
    const serverTime = createServerTime(clock);
    this.#standing = new Standing(clock);
    this.#passes = new Passes({ join, rejoin, clock, random, serverTime });
    const onWait = (waiting: Waiting | undefined): void => {
      this.#standing.enter(waitingIn(this.state, waiting));
    };
    this.#wire = createWire({ fetch, clock, random, serverTime, firstPauseMs, onWait });
    this.#keep({ join, details, clock }, new Setbacks({ ...reconnect, clock, random }));
    const leave = (): void => void this.leave();
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { signal: this.#stopped.signal });
  }

  /** Where the guest is. */
  get state(): GuestState {
    return this.#standing.state;
  }

  /** Why it is not in the meeting, or what a request waits for. */
  get reason(): GuestReason | undefined {
    return reasonOf(this.state);
  }

  /** Tells the present state, and every change from now on, one after the other. @returns how to stop that */
  subscribe(listener: (change: GuestChange) => void): () => void {
    return this.#standing.subscribe(listener);
  }

  /**
   * Leaves the meeting; resolves when the platform has been told, or could not be within 5 s. The guest may join again with
   * another session. @param keepalive for a page that goes away (`pagehide`): the request outlives it
   */
  leave({ keepalive = false }: { readonly keepalive?: boolean } = {}): Promise<void> {
    if (!isOver(this.state)) {
      this.#standing.enter({ name: 'left' });
      this.#end(keepalive);
    }
    return this.#removal;
  }

  #keep(parts: Pick<SessionParts, 'join' | 'details' | 'clock'>, setbacks: Setbacks): void {
    void stay({
      ...parts,
      setbacks,
      passes: this.#passes,
      wire: this.#wire,
      standing: this.#standing,
      onApplication: (url) => {
        this.#applicationUrl = url;
        if (this.#stopped.signal.aborted) this.#remove(false);
      },
      onMisfit: () => {
        this.#remove(false);
      },
      signal: this.#stopped.signal,
    }).then(() => {
      if (!this.#stopped.signal.aborted) this.#end(false);
    });
  }

  #end(keepalive: boolean): void {
    this.#stopped.abort();
    this.#passes.stop();
    this.#remove(keepalive);
  }

  /** With the token that is good for it now. */
  #remove(keepalive: boolean): void {
    if (this.#applicationUrl === undefined) return;
    this.#removal = this.#wire.remove(this.#applicationUrl, this.#passes.token, keepalive);
    this.#applicationUrl = undefined;
  }
}
