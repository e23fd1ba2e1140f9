import { Problem } from '../problem.ts';
import type { CallerId } from '../settings/callers.ts';
import type { AdmissionOptions } from './admission.ts';
import type { GuestRow } from './guestTable.ts';
import { guestIdPattern, normalizeMeetingUrl } from './identity.ts';
import { meetingIndexOf } from '../sealing/keyRing.ts';
import { guestNotFound, ownedBy, unexpired } from './standing.ts';

/** Guests of one meeting; a page may be short, only a missing cursor means that there are no more. */
export interface GuestPage {
  readonly guests: readonly GuestRow[];
  readonly cursor?: string;
}

export interface Search {
  /** One guest, active or removed; throws `guest-not-found`. */
  get(guestId: string, caller?: CallerId): Promise<GuestRow>;
  /** The caller's active guests in a meeting, eventually consistent. @param cursor from the page before. */
  inMeeting(meetingUrl: string, cursor?: string, caller?: CallerId): Promise<GuestPage>;
}

const pageSize = 50;
const readsAtOnce = 16;
const firstGuest = '';

/** Reads guests; never opens what is sealed. */
export function createSearch({ guests, index, ring, now }: AdmissionOptions): Search {
  const readGuests = async (
    guestIds: readonly string[],
    meetingIndex: string,
    caller: CallerId,
  ): Promise<GuestRow[]> => {
    const found: GuestRow[] = [];
    for (let start = 0; start < guestIds.length; start += readsAtOnce) {
      const rows = await Promise.all(guestIds.slice(start, start + readsAtOnce).map((guestId) => guests.read(guestId)));
      for (const row of rows) {
        const present = unexpired(ownedBy(row, caller), now());
        // An index entry may outlive its guest, or the guest's move to another entry.
        if (present?.state === 'active' && present.meetingIndex === meetingIndex) found.push(present);
      }
    }
    return found;
  };

  return {
    async get(guestId, caller = '') {
      const row = unexpired(ownedBy(await guests.read(guestId), caller), now());
      if (!row) throw guestNotFound();
      return row;
    },
    async inMeeting(meetingUrl, cursor, caller = '') {
      // While the ring rotates, guests of one meeting stand under the index of the key that was the newest then.
      const keys = await ring.current();
      const place = cursor === undefined ? { kid: keys[0].kid, after: firstGuest } : parseCursor(cursor);
      const position = keys.findIndex(({ kid }) => kid === place.kid);
      const key = keys[position];
      if (!key) throw badCursor();
      const meetingIndex = meetingIndexOf(key, normalizeMeetingUrl(meetingUrl));
      const guestIds = await index.list(meetingIndex, place.after, pageSize);
      const lastId = guestIds.at(-1);
      const nextKey = keys[position + 1];
      const next =
        guestIds.length === pageSize && lastId
          ? cursorOf(key.kid, lastId)
          : nextKey && cursorOf(nextKey.kid, firstGuest);
      return { guests: await readGuests(guestIds, meetingIndex, caller), ...(next && { cursor: next }) };
    },
  };
}

function cursorOf(kid: string, after: string): string {
  return `${kid}.${after}`;
}

function parseCursor(cursor: string): { kid: string; after: string } {
  const [kid = '', after, ...rest] = cursor.split('.');
  const isPlace = after === firstGuest || guestIdPattern.test(after ?? '');
  if (after === undefined || !isPlace || rest.length > 0) throw badCursor();
  return { kid, after };
}

function badCursor(): Problem {
  return new Problem('invalid-request', 'Send the cursor of the last page as it is, or none.', {
    errors: [{ pointer: '/cursor', detail: 'is not a cursor of this search' }],
  });
}
