import type { CallOptions, ServiceHttp } from './serviceHttp.ts';
import { untilAborted } from './clock.ts';
import type { AnonymousToken, RejoinToken } from './definition/api.ts';
import { AnonymousJoinProblem } from './problem.ts';
import { endOf, nextTryAt, renewalAt } from './renewalTimes.ts';
import { notify } from './notify.ts';

/** The guest was removed or forgotten, or the token ended before a new one was to be had. */
export type LostReason = 'guest-removed' | 'guest-not-found' | 'expired';

type Expiring = Pick<AnonymousToken, 'expiryTime'>;

export interface FreshOptions<Next = RejoinToken> {
  /** How long before its end a token is renewed, at the latest; short-lived tokens later. Default: 5 minutes. */
  readonly renewBeforeMs?: number | undefined;
  /** Gets every new token, also that of a `rejoin`. */
  readonly onToken?: ((join: Next) => void) | undefined;
  /** Renewal has ended by itself. @param cause what the last try met, usually an {@link AnonymousJoinProblem} */
  readonly onLost?: ((reason: LostReason, cause: unknown) => void) | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

interface Parts<First, Next> extends FreshOptions<Next>, Pick<ServiceHttp, 'clock' | 'serverTime' | 'random'> {
  /** @param join the newest token */
  readonly renew: (join: First, options: CallOptions) => Promise<Next>;
}

/** Timers stand still while a machine sleeps, so the time is looked at this often. */
const lookMs = 30_000;
/** After sleep a token may have ended, and the network takes a while to come back. */
const graceMs = 60_000;

/** A guest whose token is renewed before it ends, one renewal at a time. */
export class FreshGuest<First extends Expiring = AnonymousToken, Next extends First = First & RejoinToken> {
  readonly #parts: Parts<First, Next>;
  readonly #stopped = new AbortController();
  // Private, so that no inspection of the object prints a token.
  #join: First;
  #endsAt = 0;
  #renewAt = 0;
  /** Since when renewal fails. */
  #failingSince: number | undefined;
  #lost = false;
  #renewal: Promise<Next> | undefined;
  #callOff = (): void => undefined;
  readonly #stop = (): void => {
    this.stop();
  };

  /** Made by the client's `keepFresh`. */
  constructor(join: First, parts: Parts<First, Next>) {
    this.#parts = parts;
    this.#join = join;
    this.#plan(join);
    const { signal } = parts;
    if (signal?.aborted) this.stop();
    // The listener goes with the guest, since the signal may live longer.
    else signal?.addEventListener('abort', this.#stop, { signal: this.#stopped.signal });
    this.#look();
  }

  /** The newest token, with what came with it. */
  get current(): First {
    return this.#join;
  }

  /** A new token now, for a guest whose http dropped. A renewal that is under way is shared. */
  async rejoin({ signal }: CallOptions = {}): Promise<Next> {
    this.#stopped.signal.throwIfAborted();
    return untilAborted(this.#renew(), signal);
  }

  /** Ends renewal, and rejects who waits for one with an AbortError. The last token stays good until it ends. */
  stop(): void {
    this.#callOff();
    this.#stopped.abort();
  }

  #look(): void {
    this.#callOff();
    if (this.#lost || this.#stopped.signal.aborted) return;
    const leftMs = this.#renewAt - this.#parts.serverTime.now();
    this.#callOff = this.#parts.clock.after(Math.min(Math.max(0, leftMs), lookMs), () => {
      if (this.#parts.serverTime.now() < this.#renewAt) this.#look();
      else this.#renew().catch(() => undefined);
    });
  }

  #renew(): Promise<Next> {
    this.#callOff();
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = undefined;
      this.#look();
    });
    return this.#renewal;
  }

  async #renewOnce(): Promise<Next> {
    const { renew, onToken, serverTime } = this.#parts;
    try {
      const join = await renew(this.#join, { signal: this.#stopped.signal });
      this.#join = join;
      this.#lost = false;
      this.#failingSince = undefined;
      this.#plan(join);
      // A clock that runs far ahead sees only tokens that have ended: it must not ask for one after the other.
      this.#renewAt = Math.max(this.#renewAt, serverTime.now() + lookMs);
      notify(() => onToken?.(join));
      return join;
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#failed(error);
      throw error;
    }
  }

  #plan(join: First): void {
    const { renewBeforeMs = 300_000, random, serverTime } = this.#parts;
    this.#endsAt = endOf(join);
    this.#renewAt = renewalAt(this.#endsAt, serverTime.now(), renewBeforeMs, random());
  }

  #failed(error: unknown): void {
    const { random, serverTime } = this.#parts;
    const now = serverTime.now();
    const problem = error instanceof AnonymousJoinProblem ? error : undefined;
    if (problem?.code === 'guest-removed' || problem?.code === 'guest-not-found') {
      this.#lose(problem.code, error);
      return;
    }
    // A `rejoin` of the caller's own: the token is good for a while yet.
    if (now < this.#renewAt) return;
    this.#failingSince ??= now;
    const lastTryAt = Math.max(this.#endsAt, this.#failingSince + graceMs);
    if (now >= lastTryAt) {
      this.#lose('expired', error);
      return;
    }
    this.#renewAt = nextTryAt(lastTryAt, now, problem?.retryAfterSeconds ?? 0, random());
  }

  #lose(reason: LostReason, cause: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    const { onLost } = this.#parts;
    notify(() => onLost?.(reason, cause));
  }
}
