import type { Send } from '../answer.ts';
import type { Clock } from '../clock.ts';
import { createServerTime } from '../serverTime.ts';
import type { GuestDetails } from './application.ts';
import type { GuestToken } from './guestToken.ts';
import { TokenSource, type Rejoin } from './tokenSource.ts';
import type { GuestReason } from './reason.ts';
import { ReconnectPolicy, usualFirstPauseMs, type ReconnectLimits } from './reconnectPolicy.ts';
import { StateStore } from './stateStore.ts';
import { isOver, reasonOf, waitingIn, type GuestChange, type GuestState, type Waiting } from './state.ts';
import { keepConnected } from './keepConnected.ts';
import { createPlatformHttp, type PlatformHttp } from './platformHttp.ts';

interface SessionParts {
  readonly join: GuestToken;
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
  readonly #stateStore: StateStore;
  readonly #tokenSource: TokenSource;
  readonly #http: PlatformHttp;
  readonly #stopped = new AbortController();
  /** The newest application, until it is removed. */
  #applicationUrl: string | undefined;
  #removal = Promise.resolve();

  /** Made by `joinMeeting`. */
  constructor({ join, rejoin, details, reconnect, fetch, clock, random, signal }: SessionParts) {
    const { firstPauseMs = usualFirstPauseMs } = reconnect;
    const serverTime = createServerTime(clock);
    this.#stateStore = new StateStore(clock);
    this.#tokenSource = new TokenSource({ join, rejoin, clock, random, serverTime });
    const onWait = (waiting: Waiting | undefined): void => {
      this.#stateStore.set(waitingIn(this.state, waiting));
    };
    this.#http = createPlatformHttp({ fetch, clock, random, serverTime, firstPauseMs, onWait });
    this.#keep({ join, details, clock }, new ReconnectPolicy({ ...reconnect, clock, random }));
    const leave = (): void => void this.leave();
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { signal: this.#stopped.signal });
  }

  /** Where the guest is. */
  get state(): GuestState {
    return this.#stateStore.state;
  }

  /** Why it is not in the meeting, or what a request waits for. */
  get reason(): GuestReason | undefined {
    return reasonOf(this.state);
  }

  /** Tells the present state, and every change from now on, one after the other. @returns how to stop that */
  subscribe(listener: (change: GuestChange) => void): () => void {
    return this.#stateStore.subscribe(listener);
  }

  /**
   * Leaves the meeting; resolves when the platform has been told, or could not be within 5 s. The guest may join again with
   * another session. @param keepalive for a page that goes away (`pagehide`): the request outlives it
   */
  leave({ keepalive = false }: { readonly keepalive?: boolean } = {}): Promise<void> {
    if (!isOver(this.state)) {
      this.#stateStore.set({ name: 'left' });
      this.#end(keepalive);
    }
    return this.#removal;
  }

  #keep(parts: Pick<SessionParts, 'join' | 'details' | 'clock'>, policy: ReconnectPolicy): void {
    void keepConnected({
      ...parts,
      policy,
      tokenSource: this.#tokenSource,
      http: this.#http,
      stateStore: this.#stateStore,
      onApplication: (url) => {
        this.#applicationUrl = url;
        if (this.#stopped.signal.aborted) this.#remove(false);
      },
      onIdentityChange: () => {
        this.#remove(false);
      },
      signal: this.#stopped.signal,
    }).then(() => {
      if (!this.#stopped.signal.aborted) this.#end(false);
    });
  }

  #end(keepalive: boolean): void {
    this.#stopped.abort();
    this.#tokenSource.stop();
    this.#remove(keepalive);
  }

  /** With the token that is good for it now. */
  #remove(keepalive: boolean): void {
    if (this.#applicationUrl === undefined) return;
    this.#removal = this.#http.remove(this.#applicationUrl, this.#tokenSource.token, keepalive);
    this.#applicationUrl = undefined;
  }
}
