import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Problem } from '../problem.ts';
import type { KeyRing } from './keyRing.ts';

/** Where a sealed value stands; it opens there and nowhere else. */
export interface SealedPlace {
  readonly table: string;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly column: string;
}

const nonceBytes = 12;
const tagBytes = 16;
const form = /^s1\.([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;

/** Seals `text` with the ring's first key: AES-256-GCM, as `s1.<kid>.<nonce>.<ciphertext+tag>`. */
export async function seal(ring: KeyRing, place: SealedPlace, text: string): Promise<string> {
  const [{ kid, sealing }] = await ring.current();
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `s1.${kid}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** Whether a sealed value is by the key that makes now, and so will outlast the others. */
export async function isSealedByNewest(ring: KeyRing, value: string): Promise<boolean> {
  const [{ kid }] = await ring.current();
  return form.exec(value)?.[1] === kid;
}

/** Opens a sealed value; throws `secrets-unavailable` if its key is gone, `internal` if it was tampered with or moved. */
export async function open(ring: KeyRing, place: SealedPlace, value: string): Promise<string> {
  const [, kid, nonce, sealed] = form.exec(value) ?? [];
  if (!kid || !nonce || !sealed) throw doesNotOpen();
  const { sealing } = await ring.key(kid);
  const bytes = Buffer.from(sealed, 'base64url');
  // The tag's length is part of the form: without this, GCM would take a shorter, forgeable one.
  const decipher = createDecipheriv('aes-256-gcm', sealing, Buffer.from(nonce, 'base64url'), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated(place));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw doesNotOpen(error);
  }
}

function associated({ table, partitionKey, rowKey, column }: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([table, partitionKey, rowKey, column]));
}

function doesNotOpen(cause?: unknown): Problem {
  return new Problem('internal', 'What is stored does not open; begin anew with another session or request.', {
    cause,
  });
}
