import { hkdfSync, type BinaryLike } from 'node:crypto';
import { CachedValue } from '../cachedValue.ts';
import { Problem } from '../problem.ts';

/** One key of the vault's ring with its subkeys, one per purpose (HKDF-SHA-256, RFC 5869). */
export interface RingKey {
  readonly kid: string;
  readonly sealing: Buffer;
  readonly indexing: Buffer;
}

/** The ring: 1 to 4 keys. The first makes, all read. */
type Ring = readonly [RingKey, ...RingKey[]];

interface KeyRingOptions {
  /** Reads the text of the vault secret. */
  readonly read: () => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const freshForMs = 15 * 60_000;
const reloadForUnknownKeyEveryMs = 60_000;

/** Keeps the ring in memory. While the vault cannot be read, the ring that is known stays in use. */
export class KeyRing {
  readonly #ring: CachedValue<Ring>;
  readonly #now: () => number;
  #reloadedForUnknownKeyAt = -Infinity;

  constructor({ read, now = Date.now }: KeyRingOptions) {
    this.#now = now;
    this.#ring = new CachedValue({
      load: async () => parseRing(await read()),
      isFresh: (_, ageMs) => ageMs < freshForMs,
      isUsable: () => true,
      minIntervalMs: freshForMs,
      now,
    });
  }

  /** The ring as last read; read again after 15 minutes. Throws `secrets-unavailable` or `configuration-invalid`. */
  current(): Promise<Ring> {
    return this.#ring.get();
  }

  /** The key `kid`, if need be after reading the ring again (at most once a minute). Throws `secrets-unavailable`. */
  async key(kid: string): Promise<RingKey> {
    const find = (ring: Ring): RingKey | undefined => ring.find((key) => key.kid === kid);
    let found = find(await this.current());
    // Those who come while it is being read wait with the first: a rotation meets many guests at once.
    if (!found && (this.#ring.isLoading || this.#now() - this.#reloadedForUnknownKeyAt >= reloadForUnknownKeyEveryMs)) {
      this.#reloadedForUnknownKeyAt = this.#now();
      found = find(await this.#ring.reload());
    }
    if (found) return found;
    throw new Problem('secrets-unavailable', "The guest's key is not in the key ring; put it back into the vault.");
  }
}

const line = /^([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9+/]{43}=)$/;

/** Reads the secret's lines `kid.base64(32 bytes)`. The message never quotes the secret. */
export function parseRing(text: string): Ring {
  const keys = text
    .split(/\r?\n/)
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [, kid = '', base64 = ''] = line.exec(entry.trim()) ?? [];
      return { kid, secret: Buffer.from(base64, 'base64') };
    });
  const kids = new Set(keys.map(({ kid }) => kid));
  if (keys.some(({ secret }) => secret.length !== 32) || kids.size !== keys.length || keys.length > 4) {
    throw badRing();
  }
  const [first, ...others] = keys.map(({ kid, secret }) => ({
    kid,
    sealing: subkey(secret, 'anonymous-join sealing v1'),
    indexing: subkey(secret, 'anonymous-join meeting index v1'),
  }));
  if (!first) throw badRing();
  return [first, ...others];
}

function subkey(secret: BinaryLike, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
}

function badRing(): Problem {
  return new Problem(
    'configuration-invalid',
    'The secret named by GUEST_KEYS_SECRET_NAME must hold 1 to 4 lines of the form kid.base64(32 bytes), each kid once.',
  );
}
