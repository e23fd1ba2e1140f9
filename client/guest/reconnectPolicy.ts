import type { Clock } from '../clock.ts';
import type { GuestFailure, Remedy } from './failure.ts';

/** How long a guest tries to come back. */
export interface ReconnectLimits {
  /** About how long the first pause is; each further one is twice as long, up to 30 s. Default: 500. */
  readonly firstPauseMs?: number | undefined;
  /** From the first setback on. Default: 5 minutes. */
  readonly giveUpAfterMs?: number | undefined;
}

interface ReconnectPolicyOptions extends ReconnectLimits {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export const usualFirstPauseMs = 500;
const usualGiveUpAfterMs = 300_000;
const longestPauseMs = 30_000;
/** Who was in for so long begins to count again, so that a meeting that lets in and loses at once is not tried for ever. */
const steadyMs = 30_000;

/** What has gone wrong since the guest was last in for a while, and how long to wait before it is tried anew. */
export class ReconnectPolicy {
  readonly #options: ReconnectPolicyOptions;
  readonly #met = new Set<Remedy>();
  #count = 0;
  #since: number | undefined;
  #arrivedAt: number | undefined;

  constructor(options: ReconnectPolicyOptions) {
    this.#options = options;
  }

  /** How many there were, the last one included. */
  get count(): number {
    return this.#count;
  }

  /** The guest is in the meeting, or in its lobby. */
  arrived(): void {
    this.#arrivedAt ??= this.#options.clock.now();
  }

  /** How long to wait, in ms, before the guest starts anew; undefined if that would be of no use. */
  pauseAfter({ remedy, retryAfterSeconds = 0 }: GuestFailure): number | undefined {
    const { clock, random, firstPauseMs = usualFirstPauseMs, giveUpAfterMs = usualGiveUpAfterMs } = this.#options;
    const now = clock.now();
    if (this.#arrivedAt !== undefined && now - this.#arrivedAt >= steadyMs) this.#forget();
    this.#arrivedAt = undefined;

    const isOnce = remedy === 'new-token' || remedy === 'new-application';
    if (remedy === 'none' || (isOnce && this.#met.has(remedy))) return undefined;
    this.#met.add(remedy);
    // Guests who were lost together do not come back together.
    const backoffMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#count) * (0.5 + random() / 2);
    const pauseMs = 1_000 * retryAfterSeconds + backoffMs;
    this.#since ??= now;
    if (now + pauseMs - this.#since > giveUpAfterMs) return undefined;
    this.#count += 1;
    return pauseMs;
  }

  #forget(): void {
    this.#met.clear();
    this.#count = 0;
    this.#since = undefined;
  }
}
