import * as z from 'zod';
import { guestRowKey, guestTableName, type StoredGuest } from './guestTable.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { open, seal, type SealedPlace } from '../sealing/sealing.ts';

const content = z.object({
  meetingUrl: z.string(),
  allowedOrigins: z.array(z.string()),
  identity: z.string().optional(),
});

/** What the row keeps unreadable: the meeting as first given, the origins, and the identity that a platform keeps. */
export type SealedGuest = Readonly<z.infer<typeof content>>;

/** Seals a guest for the row of `guestId`, with the ring's newest key. */
export function sealGuest(ring: KeyRing, guestId: string, guest: SealedGuest): Promise<string> {
  return seal(ring, placeOf(guestId), JSON.stringify(guest));
}

// The steps of one request ask for the same row's content.
const opened = new WeakMap<StoredGuest, SealedGuest>();

/** Opens the sealed column of a row, once per row read; throws `secrets-unavailable` or `internal`. */
export async function openGuest(ring: KeyRing, row: StoredGuest): Promise<SealedGuest> {
  const known = opened.get(row);
  if (known) return known;
  const guest = content.parse(JSON.parse(await open(ring, placeOf(row.guestId), row.sealed)));
  opened.set(row, guest);
  return guest;
}

function placeOf(guestId: string): SealedPlace {
  return { table: guestTableName, partitionKey: guestId, rowKey: guestRowKey, column: 'sealed' };
}
