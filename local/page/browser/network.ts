import type { Send } from '../../../client/http.ts';

/** The customer's connection to everything, which can be lost. */
export class Network {
  #lost = false;
  #connections = new AbortController();

  get lost(): boolean {
    return this.#lost;
  }

  /** What is under way breaks off, and nothing gets through until it is brought back. */
  lose(): void {
    this.#lost = true;
    this.#connections.abort(broken());
    this.#connections = new AbortController();
  }

  bringBack(): void {
    this.#lost = false;
  }

  /** A fetch over this network. */
  readonly fetch: Send = (url, init) => {
    if (this.#lost) return Promise.reject(broken());
    const signals = [this.#connections.signal, ...(init.signal ? [init.signal] : [])];
    return fetch(url, { ...init, signal: AbortSignal.any(signals) });
  };

  /**
   * The same for what goes to the platform: its simulated hosts have no addresses, so the page's server passes it on. An app
   * of yours gives the guest no such thing.
   */
  readonly fetchFromPlatform: Send = (url, init) => {
    const { host, pathname, search } = new URL(url);
    return this.fetch(`/via/${host}${pathname}${search}`, init);
  };
}

/** As a browser says that there is no network. */
function broken(): TypeError {
  return new TypeError('Failed to fetch');
}
