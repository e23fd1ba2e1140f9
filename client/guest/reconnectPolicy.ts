import type { Timing } from '../clock.ts';
import type { GuestFailure, Remedy } from './failure.ts';

/** How long a guest tries to reconnect. */
export interface ReconnectLimits {
  /** About how long the first pause is; each further one is twice as long, up to 30 s. Default: 500. */
  readonly firstPauseMs?: number | undefined;
  /** From the first failure on. Default: 5 minutes. */
  readonly giveUpAfterMs?: number | undefined;
}

/** The default of {@link ReconnectLimits.firstPauseMs}. */
export const defaultFirstPauseMs = 500;
const defaultGiveUpAfterMs = 300_000;
const longestPauseMs = 30_000;
/** After so long in the meeting the count begins again; not sooner, because a meeting may lose every guest at once. */
const steadyMs = 30_000;

/** Counts the failures since the guest was last in the meeting for a while, and decides when it connects again. */
export class ReconnectPolicy {
  readonly #options: ReconnectLimits & Timing;
  readonly #tried = new Set<Remedy>();
  #count = 0;
  #since: number | undefined;
  #arrivedAt: number | undefined;

  constructor(options: ReconnectLimits & Timing) {
    this.#options = options;
  }

  /** How many failures there were, the last one included. */
  get count(): number {
    return this.#count;
  }

  /** The guest is in the meeting, or in its lobby. */
  arrived(): void {
    this.#arrivedAt ??= this.#options.clock.now();
  }

  /** How long to wait, in ms, before the guest connects again; undefined if it gives up. */
  pauseAfter({ remedy, retryAfterSeconds = 0 }: GuestFailure): number | undefined {
    const { clock, random, firstPauseMs = defaultFirstPauseMs, giveUpAfterMs = defaultGiveUpAfterMs } = this.#options;
    const now = clock.now();
    if (this.#arrivedAt !== undefined && now - this.#arrivedAt >= steadyMs) this.#reset();
    this.#arrivedAt = undefined;

    const isOnce = remedy === 'new-token' || remedy === 'new-application';
    if (remedy === 'none' || (isOnce && this.#tried.has(remedy))) return undefined;
    this.#tried.add(remedy);
    // At random, so that guests who lost the connection together do not come back together.
    const backoffMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#count) * (0.5 + random() / 2);
    const pauseMs = 1_000 * retryAfterSeconds + backoffMs;
    this.#since ??= now;
    if (now + pauseMs - this.#since > giveUpAfterMs) return undefined;
    this.#count += 1;
    return pauseMs;
  }

  #reset(): void {
    this.#tried.clear();
    this.#count = 0;
    this.#since = undefined;
  }
}
