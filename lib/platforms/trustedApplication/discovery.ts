import { untilAborted } from '../../net/untilAborted.ts';
import { Problem } from '../../problem.ts';
import type { Discovered } from './discover.ts';

/** The remembered result of the walk, shared by all requests of the process. */
export interface Discovery {
  /** What is known, from memory while it is good; one walk serves all who wait. */
  get(signal: AbortSignal): Promise<Discovered>;
  /**
   * Says that `used` failed in a way that a move of the platform explains. Answers what a new walk found, or undefined
   * if there was one less than 30 s ago or if it failed: then `used` stays the best that is known. Throws
   * `platform-refused` if the walk ended with it.
   */
  renew(used: Discovered, signal: AbortSignal): Promise<Discovered | undefined>;
}

export interface DiscoveryOptions {
  /** One whole walk, on a time-out of its own: it serves more requests than the one that began it. */
  walk: () => Promise<Discovered>;
  now?: () => number;
}

const goodForMs = 60 * 60_000;
const renewAtMostEveryMs = 30_000;

/** Caches the walk for an hour; while a new one fails, the last good result stays in use. */
export function createDiscovery({ walk: walkOnce, now = Date.now }: DiscoveryOptions): Discovery {
  let known: { discovered: Discovered; at: number } | undefined;
  let walking: Promise<Discovered> | undefined;
  let begunAt = -Infinity;

  const start = (): Promise<Discovered> => {
    if (walking) return walking;
    begunAt = now();
    walking = walkOnce()
      .then((discovered) => {
        known = { discovered, at: now() };
        return discovered;
      })
      .finally(() => (walking = undefined));
    return walking;
  };
  const mayWalk = (): boolean => walking !== undefined || now() - begunAt >= renewAtMostEveryMs;

  return {
    async get(signal) {
      if (!known) return untilAborted(start(), signal);
      const { discovered, at } = known;
      // Past its age: one request walks again, the others go on with what is known.
      if (now() - at < goodForMs || walking || !mayWalk()) return discovered;
      return untilAborted(start(), signal).catch(() => discovered);
    },
    async renew(used, signal) {
      if (known && known.discovered !== used) return known.discovered;
      if (!mayWalk()) return undefined;
      return untilAborted(start(), signal).catch((error: unknown) => {
        // What the platform says about the application explains the failure better than the failure itself.
        if (error instanceof Problem && error.code === 'platform-refused') throw error;
        return undefined;
      });
    },
  };
}
