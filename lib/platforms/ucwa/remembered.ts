/** Values that are found once and kept in memory: one search serves all who wait for the same key. */
export interface Remembered<T> {
  /** The value of `key`; `find` is run if it is not known and nobody else is finding it. A failure is not remembered. */
  get(key: string, find: () => Promise<T>): Promise<T>;
  /** Forgets `key`, if it still has this value. */
  forget(key: string, value: T): void;
}

/** @param limit keys that are kept; beyond it the one that was found first goes. */
export function createRemembered<T>(limit = 1_000): Remembered<T> {
  const known = new Map<string, T>();
  const finding = new Map<string, Promise<T>>();

  return {
    get(key, find) {
      const value = known.get(key);
      if (value !== undefined) return Promise.resolve(value);
      let search = finding.get(key);
      if (!search) {
        search = find()
          .then((found) => {
            known.set(key, found);
            const [oldest] = known.keys();
            if (known.size > limit && oldest !== undefined) known.delete(oldest);
            return found;
          })
          .finally(() => finding.delete(key));
        finding.set(key, search);
      }
      return search;
    },
    forget(key, value) {
      if (known.get(key) === value) known.delete(key);
    },
  };
}
