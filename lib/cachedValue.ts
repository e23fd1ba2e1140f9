import { LRUCache } from 'lru-cache';

/** When a cached value is given again, and when it is loaded anew. */
interface CachedValueOptions<T> {
  readonly load: () => Promise<T>;
  /** Whether a value of this age is given without loading another one. */
  readonly isFresh: (value: T, ageMs: number) => boolean;
  /** Whether a value that is no longer fresh serves while another one is loaded, or cannot be loaded. Default: it does not. */
  readonly isUsable?: (value: T, ageMs: number) => boolean;
  /** While a usable value is known, loads begin at least this far apart. Default: 0. */
  readonly minIntervalMs?: number;
  /** For how long a failed load is given again instead of another try, where no usable value is known. Default: 0. */
  readonly failureForMs?: (error: unknown) => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A value that is loaded when it is first needed, and again when it is no longer fresh. One load serves all who wait for it.
 * While a usable value is known, only the request that begins the load waits for it, and a load that fails leaves the value
 * in use. The age of a value counts from the beginning of its load.
 */
export class CachedValue<T> {
  readonly #options: CachedValueOptions<T>;
  #known: { readonly value: T; readonly loadedAt: number } | undefined;
  #failure: { readonly error: unknown; readonly until: number } | undefined;
  #loading: Promise<T> | undefined;
  #beganAt = -Infinity;

  constructor(options: CachedValueOptions<T>) {
    this.#options = options;
  }

  /** The value, fresh if that can be had. Rejects as `load` does. */
  async get(): Promise<T> {
    const { isFresh, minIntervalMs = 0, now } = this.#options;
    const known = this.#known;
    if (known && isFresh(known.value, now() - known.loadedAt)) return known.value;
    if (!this.#isUsable()) {
      if (this.#failure && now() < this.#failure.until) throw this.#failure.error;
      return this.reload();
    }
    const { value } = known as { value: T };
    if (this.#loading || now() - this.#beganAt < minIntervalMs) return value;
    return this.reload().catch((error: unknown) => {
      if (this.#isUsable()) return value;
      throw error;
    });
  }

  /** Loads the value anew, or joins a load that is under way. */
  reload(): Promise<T> {
    const { load, failureForMs, now } = this.#options;
    if (this.#loading) return this.#loading;
    const beganAt = now();
    this.#beganAt = beganAt;
    // Async, so that a load that throws at once is a rejection like any other.
    this.#loading = (async () => load())()
      .then(
        (value) => {
          this.#known = { value, loadedAt: beganAt };
          this.#failure = undefined;
          return value;
        },
        (error: unknown) => {
          this.#failure = { error, until: now() + (failureForMs?.(error) ?? 0) };
          throw error;
        },
      )
      .finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  /** What was loaded last, whatever its age; undefined if nothing was, or if it was invalidated. */
  get known(): T | undefined {
    return this.#known?.value;
  }

  /** When the last load began, ms since 1970; `-Infinity` before the first. */
  get beganAt(): number {
    return this.#beganAt;
  }

  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Forgets the value, if it is still this one. */
  invalidate(value: T): void {
    if (this.#known?.value === value) this.#known = undefined;
  }

  #isUsable(): boolean {
    const { isUsable, now } = this.#options;
    return this.#known !== undefined && (isUsable?.(this.#known.value, now() - this.#known.loadedAt) ?? false);
  }
}

/** Values by a key that callers or servers name. They are kept until they are invalidated, at most `max` of them. */
export class CachedValues<T> {
  readonly #entries: LRUCache<string, CachedValue<T>>;

  constructor(max = 1_000) {
    this.#entries = new LRUCache({ max });
  }

  /** The value of `key`; loads it if it is not known. One load serves all who wait; a failure is not kept. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = new CachedValue({ load, isFresh: () => true, now: Date.now });
      this.#entries.set(key, entry);
    }
    try {
      return await entry.get();
    } catch (error) {
      if (this.#entries.peek(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  /** Forgets the value of `key`, if it is still this one. */
  invalidate(key: string, value: T): void {
    if (this.#entries.peek(key)?.known === value) this.#entries.delete(key);
  }
}
