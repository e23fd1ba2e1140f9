import { untilAborted } from './clock.ts';
import type { AnonymousToken, RejoinToken } from './definition/api.ts';
import { AnonymousJoinProblem } from './problem.ts';
import type { CallOptions, ServiceHttp } from './serviceHttp.ts';

/** The guest was removed, the service does not know it any more, or the token ended before a renewal succeeded. */
export type LostReason = 'guest-removed' | 'guest-not-found' | 'expired';

type Expiring = Pick<AnonymousToken, 'expiryTime'>;

export interface FreshOptions<Next = RejoinToken> {
  /** How long before its end a token is renewed at the latest; for short-lived tokens it is less. Default: 5 minutes. */
  readonly renewBeforeMs?: number | undefined;
  /** Called with every new token, also with that of a `rejoin`. */
  readonly onToken?: ((join: Next) => void) | undefined;
  /** Renewal has ended by itself. @param cause the error of the last try, usually an {@link AnonymousJoinProblem} */
  readonly onLost?: ((reason: LostReason, cause: unknown) => void) | undefined;
  /** Stops renewal when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

interface Parts<First, Next> extends FreshOptions<Next>, Pick<ServiceHttp, 'clock' | 'serverTime' | 'random'> {
  /** @param join the newest token */
  readonly renew: (join: First, options: CallOptions) => Promise<Next>;
}

/** The time is checked this often, because timers stand still while a machine sleeps. */
const checkMs = 30_000;
/** How long renewal goes on after the token's end: after sleep the network takes a while to come back. */
const graceMs = 60_000;

/** A guest whose token is renewed before it ends, one renewal at a time. */
export class FreshGuest<First extends Expiring = AnonymousToken, Next extends First = First & RejoinToken> {
  readonly #parts: Parts<First, Next>;
  readonly #stopped = new AbortController();
  // Private, so that no inspection of the object prints a token.
  #join: First;
  #endsAt = 0;
  #renewAt = 0;
  /** When the first of the renewals that failed in a row did. */
  #failingSince: number | undefined;
  #lost = false;
  #renewal: Promise<Next> | undefined;
  #cancel = (): void => undefined;

  /** Made by the client's `keepFresh`. */
  constructor(join: First, parts: Parts<First, Next>) {
    this.#parts = parts;
    this.#join = join;
    this.#plan(join);
    const { signal } = parts;
    if (signal?.aborted) this.stop();
    // The listener is removed when the guest stops, because the signal may live longer.
    else signal?.addEventListener('abort', this.stop.bind(this), { signal: this.#stopped.signal });
    this.#schedule();
  }

  /** The newest token, with what came with it. */
  get current(): First {
    return this.#join;
  }

  /** Gets a new token now, for a guest whose connection dropped. A renewal that is under way is shared. */
  async rejoin({ signal }: CallOptions = {}): Promise<Next> {
    this.#stopped.signal.throwIfAborted();
    return untilAborted(this.#renew(), signal);
  }

  /** Ends renewal and rejects a waiting `rejoin` with an AbortError. The last token stays valid until it ends. */
  stop(): void {
    this.#cancel();
    this.#stopped.abort();
  }

  #schedule(): void {
    this.#cancel();
    if (this.#lost || this.#stopped.signal.aborted) return;
    const leftMs = this.#renewAt - this.#parts.serverTime.now();
    this.#cancel = this.#parts.clock.after(Math.min(Math.max(0, leftMs), checkMs), () => {
      if (this.#parts.serverTime.now() < this.#renewAt) this.#schedule();
      else this.#renew().catch(() => undefined);
    });
  }

  #renew(): Promise<Next> {
    this.#cancel();
    this.#renewal ??= this.#renewOnce().finally(() => {
      this.#renewal = undefined;
      this.#schedule();
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
      // To a clock that runs far ahead every token has ended; it must not ask for one right after the other.
      this.#renewAt = Math.max(this.#renewAt, serverTime.now() + checkMs);
      // In a microtask, so that what a listener throws does not end the renewal.
      queueMicrotask(() => onToken?.(join));
      return join;
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#failed(error);
      throw error;
    }
  }

  #plan({ expiryTime }: First): void {
    const { renewBeforeMs = 300_000, random, serverTime } = this.#parts;
    // A token whose end cannot be read counts as ended.
    this.#endsAt = Date.parse(expiryTime) || 0;
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
    // The caller's own `rejoin` failed before renewal was due.
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
    queueMicrotask(() => onLost?.(reason, cause));
  }
}

/**
 * When a token is renewed: between once and twice `beforeMs` before its end, at random, so that guests who came together do
 * not renew together. A short-lived token is renewed when between a fifth and two fifths of its life are left.
 */
function renewalAt(endsAt: number, now: number, beforeMs: number, random: number): number {
  const aheadMs = Math.min(beforeMs, Math.max(0, endsAt - now) / 5);
  return endsAt - aheadMs * (1 + random);
}

/** When a failed renewal is repeated: sooner as the last chance comes nearer, and at the latest then. */
function nextTryAt(lastTryAt: number, now: number, retryAfterSeconds: number, random: number): number {
  const pauseMs = Math.min(60_000, Math.max(5_000, (lastTryAt - now) / 5)) * (0.5 + random / 2);
  return Math.min(lastTryAt, now + Math.max(pauseMs, 1_000 * retryAfterSeconds));
}
