import { CachedValue } from '../../cachedValue.ts';
import { untilAborted } from '../../net/untilAborted.ts';
import type { Discovered } from './discover.ts';
import { asPlatformProblem } from './failure.ts';

export interface DiscoveryOptions {
  /** One whole discovery, on a time-out of its own: it serves more requests than the one that began it. */
  readonly discover: () => Promise<Discovered>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const goodForMs = 60 * 60_000;
const renewAtMostEveryMs = 30_000;

/** The cached result of discovery. It is good for an hour; while a new one fails, the last good result stays in use. */
export class Discovery {
  readonly #cached: CachedValue<Discovered>;
  readonly #now: () => number;

  constructor({ discover, now }: DiscoveryOptions) {
    this.#now = now;
    this.#cached = new CachedValue({
      load: discover,
      isFresh: (_, ageMs) => ageMs < goodForMs,
      isUsable: () => true,
      minIntervalMs: renewAtMostEveryMs,
      now,
    });
  }

  /** What is known while it is good; one discovery serves all who wait. */
  async get(signal: AbortSignal): Promise<Discovered> {
    const { known } = this.#cached;
    return untilAborted(this.#cached.get(), signal).catch((error: unknown) => {
      if (known) return known;
      throw error;
    });
  }

  /**
   * Says that `used` failed in a way that a move of the platform explains. Answers what a new discovery found, or undefined
   * if there was one less than 30 s ago or if it failed: then `used` stays the best that is known. Throws if the platform
   * refused: what it says of the application explains the failure better than the failure itself.
   */
  async renew(used: Discovered, signal: AbortSignal): Promise<Discovered | undefined> {
    const { known, isLoading, beganAt } = this.#cached;
    if (known && known !== used) return known;
    if (!isLoading && this.#now() - beganAt < renewAtMostEveryMs) return undefined;
    return untilAborted(this.#cached.reload(), signal).catch((error: unknown) => {
      if (asPlatformProblem(error).code === 'platform-refused') throw error;
      return undefined;
    });
  }
}
