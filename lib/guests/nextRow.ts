import type { AdmissionOptions } from './admission.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';
import { normalizeMeetingUrl } from './identity.ts';
import { meetingIndexOf } from '../sealing/keyRing.ts';
import { openGuest, sealGuest } from './sealedGuest.ts';
import { datesOf } from './standing.ts';

/** What more tokens change in a guest's row. */
export interface MoreTokens {
  readonly rejoins: number;
  readonly longestTokenLifeSeconds: number;
  /** What the platform knows the guest by from now on; default: what the row holds. */
  readonly identity?: string | undefined;
}

/** Makes a guest's row as it stands after more tokens; nothing of it is written yet. */
export function createNextRow({
  index,
  ring,
  retentionHours,
  now,
}: AdmissionOptions): (row: StoredGuest, more: MoreTokens) => Promise<StoredGuest> {
  /** After a rotation the guest moves on in the index too, or the search would lose it with the old key. */
  const currentIndex = async (row: GuestRow, meetingUrl: string, expiresAt: Date): Promise<string> => {
    const [newestKey] = await ring.current();
    const meetingIndex = meetingIndexOf(newestKey, normalizeMeetingUrl(meetingUrl));
    if (meetingIndex !== row.meetingIndex) await index.put(meetingIndex, row.guestId, expiresAt);
    return meetingIndex;
  };

  return async (row, { rejoins, longestTokenLifeSeconds, identity }) => {
    const sealed = await openGuest(ring, row);
    const dates = datesOf(now(), longestTokenLifeSeconds, retentionHours);
    return {
      ...row,
      ...dates,
      // An earlier token may live longer than one of now.
      tokensValidUntil: later(row.tokensValidUntil, dates.tokensValidUntil),
      expiresAt: later(row.tokensValidUntil, dates.expiresAt),
      // Sealed anew each time: the nonce tells whose write it was, and the row moves on to the ring's newest key.
      sealed: await sealGuest(ring, row.guestId, { ...sealed, ...(identity !== undefined && { identity }) }),
      meetingIndex: await currentIndex(row, sealed.meetingUrl, dates.expiresAt),
      rejoinCount: row.rejoinCount + rejoins,
    };
  };
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
