import { ownerOf, type Caller } from '../callers.ts';
import { parseHttpsUrl } from '../hostRules.ts';
import { canonicalUrl, readMeetingLink } from '../platforms/meetingLinks.ts';
import type { MeetingPlatform } from '../platforms/platform.ts';
import { Problem } from '../problem.ts';
import { guestNotFound, ownedBy, unexpired } from './guestState.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';
import { guestIdPattern } from './identity.ts';
import { meetingIndexOf } from './meetingIndex.ts';
import type { GuestDependencies } from './tokenRow.ts';

/** Guests of one meeting; a page may be short, only a missing cursor means that there are no more. */
export interface GuestPage {
  readonly guests: readonly GuestRow[];
  readonly cursor?: string;
}

const pageSize = 50;
const readsAtOnce = 16;
const firstGuest = '';

/** One guest, active or removed; throws `guest-not-found`. */
export async function getGuest(deps: GuestDependencies, guestId: string, caller: Caller): Promise<GuestRow> {
  const row = unexpired(ownedBy(await deps.guests.read(guestId), ownerOf(caller)), deps.now());
  if (!row) throw guestNotFound();
  return row;
}

/** The caller's active guests in a meeting, eventually consistent. What is sealed is not opened. */
export async function guestsInMeeting(
  deps: GuestDependencies,
  { meetingUrl, cursor }: { meetingUrl: string; cursor: string | undefined },
  caller: Caller,
): Promise<GuestPage> {
  // While the ring rotates, guests of one meeting stand under the index of the key that was the newest then.
  const keys = await deps.ring.current();
  const place = cursor === undefined ? { kid: keys[0].kid, after: firstGuest } : parseCursor(cursor);
  const position = keys.findIndex(({ kid }) => kid === place.kid);
  const key = keys[position];
  if (!key) throw badCursor();
  const meetingIndex = meetingIndexOf(key, keyOf(meetingUrl, deps.platforms));
  const guestIds = await deps.index.list(meetingIndex, place.after, pageSize);
  const lastId = guestIds.at(-1);
  const nextKey = keys[position + 1];
  const next =
    guestIds.length === pageSize && lastId ? cursorOf(key.kid, lastId) : nextKey && cursorOf(nextKey.kid, firstGuest);
  const rows = await readGuests(deps, guestIds);
  const present = rows.filter(
    (row) =>
      // An index entry may outlive its guest, or the guest's move to another entry.
      row.state === 'active' && row.meetingIndex === meetingIndex && ownedBy(row, ownerOf(caller)),
  );
  return { guests: present, ...(next && { cursor: next }) };
}

/** Of a link that no platform reads nobody is a guest, but it has a key like any other. */
function keyOf(meetingUrl: string, platforms: readonly MeetingPlatform[]): string {
  const url = parseHttpsUrl(meetingUrl) ?? new URL(meetingUrl);
  const read = readMeetingLink(url, platforms);
  return read && 'meetingKey' in read.link ? read.link.meetingKey : canonicalUrl(url);
}

async function readGuests({ guests, now }: GuestDependencies, guestIds: readonly string[]): Promise<StoredGuest[]> {
  const found: StoredGuest[] = [];
  for (let start = 0; start < guestIds.length; start += readsAtOnce) {
    const rows = await Promise.all(guestIds.slice(start, start + readsAtOnce).map((guestId) => guests.read(guestId)));
    found.push(...rows.flatMap((row) => unexpired(row, now()) ?? []));
  }
  return found;
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
