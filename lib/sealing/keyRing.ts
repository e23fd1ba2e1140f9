import { createHmac, hkdfSync, type BinaryLike } from 'node:crypto';
import { Problem } from '../problem.ts';

/** One key of the vault's ring with its subkeys, one per purpose (HKDF-SHA-256, RFC 5869). */
export interface RingKey {
  readonly kid: string;
  readonly sealing: Buffer;
  readonly indexing: Buffer;
}

/** The ring: 1 to 4 keys. The first makes, all read. */
export type Ring = readonly [RingKey, ...RingKey[]];

export interface KeyRing {
  /** The ring as last read; read again after 15 minutes. Throws `secrets-unavailable` or `configuration-invalid`. */
  current(): Promise<Ring>;
  /** The key `kid`, if need be after reading the ring again (at most once a minute). Throws `secrets-unavailable`. */
  key(kid: string): Promise<RingKey>;
}

export interface KeyRingOptions {
  /** Reads the text of the vault secret. */
  read: () => Promise<string>;
  now?: () => number;
}

const reloadAfterMs = 15 * 60_000;
const reloadForUnknownAtMostEveryMs = 60_000;

/** Keeps the ring in memory. While the vault cannot be read, the ring that is known stays in use. */
export function createKeyRing({ read, now = Date.now }: KeyRingOptions): KeyRing {
  let known: Ring | undefined;
  let triedAt = -Infinity;
  let triedForUnknownAt = -Infinity;
  let loading: Promise<Ring> | undefined;

  const load = (): Promise<Ring> => {
    triedAt = now();
    loading ??= read()
      .then((text) => (known = parseRing(text)))
      .finally(() => (loading = undefined));
    return loading;
  };
  const current = async (): Promise<Ring> => {
    if (!known) return load();
    // One caller reads again; the others go on with what is known.
    if (now() - triedAt < reloadAfterMs || loading) return known;
    const last = known;
    return load().catch(() => last);
  };

  return {
    current,
    async key(kid) {
      const find = (ring: Ring): RingKey | undefined => ring.find((key) => key.kid === kid);
      let found = find(await current());
      // Those who come while it is being read wait with the first: a rotation meets many guests at once.
      if (!found && (loading || now() - triedForUnknownAt >= reloadForUnknownAtMostEveryMs)) {
        triedForUnknownAt = now();
        found = find(await load());
      }
      if (found) return found;
      throw new Problem('secrets-unavailable', "The guest's key is not in the key ring; put it back into the vault.");
    },
  };
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

/** Names a meeting in the index without telling which one it is: `<kid>.<HMAC-SHA-256>`. */
export function meetingIndexOf(key: RingKey, normalizedMeetingUrl: string): string {
  return `${key.kid}.${createHmac('sha256', key.indexing).update(normalizedMeetingUrl).digest('base64url')}`;
}
