import { ConflictError, retryOnConflict } from '../azure/conflict.ts';
import { ownerOf, type Caller } from '../callers.ts';
import type { MeetingPlatform, PlatformGuest } from '../platforms/platform.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { datesOf, ownedBy, requireActive } from './guestState.ts';
import { openGuest, sealGuest, type GuestRow, type GuestTable, type StoredGuest } from './guestTable.ts';
import { guestIdOf } from './identity.ts';
import { meetingIndexOf, type MeetingIndex } from './meetingIndex.ts';

/** What the use cases of guests need: tables, key ring, platforms and settings of one service. */
export interface GuestDependencies {
  readonly guests: GuestTable;
  readonly index: MeetingIndex;
  readonly ring: KeyRing;
  readonly platforms: readonly MeetingPlatform[];
  /** Origins that a token may admit at all. */
  readonly allowedOrigins: readonly string[];
  readonly retentionHours: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A meeting by a link, and the key that all its links have in common. */
export interface GivenLink {
  readonly meetingUrl: string;
  readonly meetingKey: string;
}

/** A guest who is to get a first token. */
export interface NewGuest {
  readonly guest: PlatformGuest;
  readonly platform: MeetingPlatform;
  readonly meetingKey: string;
  readonly caller: Caller;
}

/** The row of a new guest; nothing of it is written yet. */
export async function newRow(deps: GuestDependencies, newGuest: NewGuest): Promise<GuestRow> {
  const { guest, platform, meetingKey, caller } = newGuest;
  const { ring, retentionHours, now } = deps;
  const { applicationSessionId, meetingUrl, allowedOrigins } = guest;
  const guestId = guestIdOf(applicationSessionId);
  const [newestKey] = await ring.current();
  const dates = datesOf(now(), platform.longestTokenLifeSeconds, retentionHours);
  const owner = ownerOf(caller);
  return {
    guestId,
    state: 'active',
    platform: platform.name,
    ...(owner !== undefined && { owner }),
    sealed: await sealGuest(ring, guestId, { meetingUrl, meetingKey, allowedOrigins: [...allowedOrigins] }),
    meetingIndex: meetingIndexOf(newestKey, meetingKey),
    createdAt: dates.lastTokenAt,
    rejoinCount: 0,
    ...dates,
  };
}

/** What more tokens change in a guest's row. */
interface MoreTokens {
  readonly rejoins: number;
  readonly tokenLifeSeconds: number;
  /** What the platform knows the guest by from now on. Default: what the row holds. */
  readonly identity?: string | undefined;
  /** Takes the place of the sealed link, if it leads into the same meeting. */
  readonly link?: GivenLink | undefined;
}

/** A guest's row as it stands after more tokens, sealed with the ring's newest key; nothing of it is written yet. */
async function nextRow(deps: GuestDependencies, row: StoredGuest, more: MoreTokens): Promise<StoredGuest> {
  const { index, ring, retentionHours, now } = deps;
  const { rejoins, tokenLifeSeconds, identity, link } = more;
  const sealed = await openGuest(ring, row);
  const meetingUrl = link?.meetingKey === sealed.meetingKey ? link.meetingUrl : sealed.meetingUrl;
  const dates = datesOf(now(), tokenLifeSeconds, retentionHours);
  const [newestKey] = await ring.current();
  const meetingIndex = meetingIndexOf(newestKey, sealed.meetingKey);
  // After a rotation the guest moves on in the index too, or the search would lose it with the old key.
  if (meetingIndex !== row.meetingIndex) await index.put(meetingIndex, row.guestId, dates.expiresAt);
  return {
    ...row,
    ...dates,
    // An earlier token may live longer than one of now.
    tokensValidUntil: later(row.tokensValidUntil, dates.tokensValidUntil),
    expiresAt: later(row.tokensValidUntil, dates.expiresAt),
    sealed: await sealGuest(ring, row.guestId, { ...sealed, meetingUrl, ...(identity !== undefined && { identity }) }),
    meetingIndex,
    rejoinCount: row.rejoinCount + rejoins,
  };
}

/** Reads a row again that others have changed; throws if its guest may get no token, or is another owner's by now. */
export async function readAgain({ guests, now }: GuestDependencies, row: StoredGuest): Promise<StoredGuest> {
  return requireActive(ownedBy(await guests.read(row.guestId), row.owner), now());
}

/** Writes {@link nextRow} under the row's ETag; throws `ConflictError` if the row was changed or deleted meanwhile. */
export async function writeNextRow(deps: GuestDependencies, row: StoredGuest, more: MoreTokens): Promise<StoredGuest> {
  const written = await deps.guests.replace(await nextRow(deps, row, more), row.etag);
  if (!written) throw new ConflictError();
  return written;
}

/**
 * {@link writeNextRow} for a row that was just read, and again for the row as it then is while others change it.
 * @param more undefined if the row can stay as it is
 */
export function updateRow(
  deps: GuestDependencies,
  seen: StoredGuest,
  more: (row: StoredGuest) => MoreTokens | undefined,
): Promise<StoredGuest> {
  let row = seen;
  return retryOnConflict(3, async (triesBefore) => {
    if (triesBefore > 0) row = await readAgain(deps, row);
    const changes = more(row);
    return changes ? writeNextRow(deps, row, changes) : row;
  });
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
