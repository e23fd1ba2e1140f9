import type { Join, MeetingPlatform, PlatformGuest } from '../platforms/platform.ts';
import type { AdmissionOptions } from './admission.ts';
import { RowChanged, turnKeyOf, whileRowChanges } from './contention.ts';
import type { StoredGuest } from './guestTable.ts';
import { createNextRow } from './nextRow.ts';
import { openGuest } from './sealedGuest.ts';
import { guestNotFound, ownedBy, requireActive } from './standing.ts';
import { coalesce } from '../coalesce.ts';

/** A token with the row that holds the identity it belongs to. */
export interface Identified {
  readonly row: StoredGuest;
  readonly join: Join;
}

/** A guest whose row was just read or written, and how long their request may take. */
export interface Turn {
  readonly row: StoredGuest;
  readonly guest: PlatformGuest;
  readonly platform: MeetingPlatform;
  readonly signal: AbortSignal;
}

export interface LastAnswer {
  /** The next token of a guest; those who ask in this process while one is being made share the one after it. */
  readonly readmit: (turn: Turn) => Promise<Identified>;
  /** Keeps the identity of a first token; if somebody went on with the row meanwhile, the token becomes one of theirs. */
  readonly keep: (turn: Turn, join: Join) => Promise<Identified>;
}

/**
 * Guests of platforms that know a participant by their own last answer (`replaced`). The identity is sealed into the
 * row after the platform's answer and before ours, under the ETag of the row that the platform was asked by: who loses that
 * race throws the token away and renews from the identity that is stored. So two requests never make two participants.
 */
export function createLastAnswer(options: AdmissionOptions): LastAnswer {
  const { guests, ring, now } = options;
  const nextRow = createNextRow(options);

  const write = async (
    row: StoredGuest,
    platform: MeetingPlatform,
    join: Join,
    rejoins: number,
  ): Promise<Identified> => {
    const { identity } = join;
    // The answer is there already: a server that gives longer tokens than the documents say is taken at its word.
    const lifeSeconds = (join.expiryTime.getTime() - now()) / 1_000;
    const longestTokenLifeSeconds = Math.max(platform.longestTokenLifeSeconds, lifeSeconds);
    const written = await guests.replace(await nextRow(row, { rejoins, longestTokenLifeSeconds, identity }), row.etag);
    if (!written) throw new RowChanged();
    return { row: written, join };
  };

  /** The guest as it stands now; if the session has meanwhile begun anew with another caller, there is none. */
  const readAgain = async ({ guestId, owner = '' }: StoredGuest): Promise<StoredGuest> =>
    requireActive(ownedBy(await guests.read(guestId), owner), now());

  const onceMore = async (known: StoredGuest, { guest, platform, signal }: Turn): Promise<Identified> => {
    const sealed = await openGuest(ring, known);
    // Meanwhile the session ended and began anew in another meeting.
    if (sealed.meetingUrl !== guest.meetingUrl) throw guestNotFound();
    return write(known, platform, await platform.reissue(guest, sealed.identity, signal), 1);
  };

  const takeTurn = coalesce<Turn, Identified>(async (turns, last) => {
    // The one that came last has the longest to wait yet.
    const latest = turns.at(-1) ?? turns[0];
    let row = last?.row ?? latest.row;
    const identified = await whileRowChanges(3, async (triesBefore) => {
      if (triesBefore > 0) row = await readAgain(row);
      return onceMore(row, latest);
    });
    return turns.map(() => identified);
  });

  return {
    readmit: (turn) => takeTurn(turnKeyOf(turn.row), turn),
    async keep(turn, join) {
      try {
        return await write(turn.row, turn.platform, join, 0);
      } catch (error) {
        if (!(error instanceof RowChanged)) throw error;
        const row = await readAgain(turn.row);
        return takeTurn(turnKeyOf(row), { ...turn, row });
      }
    },
  };
}
