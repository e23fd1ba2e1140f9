import type { Timing } from '../clock.ts';
import { ServerTime, type Send } from '../http.ts';
import type { GuestDetails } from './application.ts';
import type { GuestReason } from './failure.ts';
import type { GuestToken } from './guestToken.ts';
import { keepConnected } from './keepConnected.ts';
import { createPlatformHttp, type PlatformHttp } from './platformHttp.ts';
import { defaultFirstPauseMs, ReconnectPolicy, type ReconnectLimits } from './reconnectPolicy.ts';
import type { GuestChange, GuestState, Waiting } from './state.ts';
import { StateStore } from './stateStore.ts';
import { TokenSource, type Rejoin } from './tokenSource.ts';

interface SessionParts extends Timing {
  readonly join: GuestToken;
  readonly rejoin: Rejoin;
  readonly details: GuestDetails;
  readonly reconnect: ReconnectLimits;
  readonly fetch: Send | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A guest in one meeting, from the first request to the end. */
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
    const { firstPauseMs = defaultFirstPauseMs } = reconnect;
    const serverTime = new ServerTime(clock);
    this.#stateStore = new StateStore(clock);
    this.#tokenSource = new TokenSource({ join, rejoin, clock, random, serverTime });
    const onWait = (waiting: Waiting | undefined): void => {
      this.#stateStore.setWaiting(waiting);
    };
    this.#http = createPlatformHttp({ fetch, clock, random, serverTime, firstPauseMs, onWait });
    this.#keepConnected({ join, details, clock }, new ReconnectPolicy({ ...reconnect, clock, random }));
    const leave = (): void => void this.leave();
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { signal: this.#stopped.signal });
  }

  /** Where the guest is. */
  get state(): GuestState {
    return this.#stateStore.state;
  }

  /** Why the guest is not in the meeting, or what a request waits for. */
  get reason(): GuestReason | undefined {
    const { state } = this;
    if ('reason' in state) return state.reason;
    return 'waiting' in state ? state.waiting?.reason : undefined;
  }

  /** Notifies of the present state, and of every change from now on, one after the other. @returns how to stop that */
  subscribe(listener: (change: GuestChange) => void): () => void {
    return this.#stateStore.subscribe(listener);
  }

  /**
   * Leaves the meeting; resolves when the platform has confirmed it, or has not within 5 s. The guest may join again with
   * another session. @param keepalive for a page that is closed (`pagehide`): the request outlives it
   */
  leave({ keepalive = false }: { readonly keepalive?: boolean } = {}): Promise<void> {
    if (!this.#stateStore.isOver) {
      this.#stateStore.set({ name: 'left' });
      this.#end(keepalive);
    }
    return this.#removal;
  }

  #keepConnected(parts: Pick<SessionParts, 'join' | 'details' | 'clock'>, policy: ReconnectPolicy): void {
    void keepConnected({
      ...parts,
      policy,
      http: this.#http,
      stateStore: this.#stateStore,
      tokenSource: this.#tokenSource,
      onApplication: (url) => {
        this.#applicationUrl = url;
        if (this.#stopped.signal.aborted) this.#removeApplication(false);
      },
      onIdentityChange: () => {
        this.#removeApplication(false);
      },
      signal: this.#stopped.signal,
    }).then(() => {
      if (!this.#stopped.signal.aborted) this.#end(false);
    });
  }

  #end(keepalive: boolean): void {
    this.#stopped.abort();
    this.#tokenSource.stop();
    this.#removeApplication(keepalive);
  }

  #removeApplication(keepalive: boolean): void {
    if (this.#applicationUrl === undefined) return;
    this.#removal = this.#http.remove(this.#applicationUrl, this.#tokenSource.token, keepalive);
    this.#applicationUrl = undefined;
  }
}
