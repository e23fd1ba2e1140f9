/** Choices that come out the same again for the same seed. */
export interface SeededRandom {
  /** An integer from 0 to below `limit`. */
  below(limit: number): number;
  /** True in that share of cases. */
  chance(share: number): boolean;
  /** One of the values. */
  pick<T>(values: readonly T[]): T;
  /** A generator of its own, whose choices do not depend on how often this one is asked meanwhile. */
  fork(): SeededRandom;
}

/** Mulberry32: small, fast and even enough for tests. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick(values) {
      const [value] = values.slice(below(values.length));
      if (value === undefined) throw new Error('nothing to choose from');
      return value;
    },
    fork: () => seededRandom(below(2 ** 32)),
  };
}
