import { ConflictError, retryOnConflict } from '../azure/conflict.ts';
import { coalesce } from '../coalesce.ts';
import type { Join, MeetingPlatform, PlatformGuest } from '../platforms/platform.ts';
import { Problem } from '../problem.ts';
import { currentTrace } from '../telemetry.ts';
import { guestNotFound } from './guestState.ts';
import { openGuest, type StoredGuest } from './guestTable.ts';
import { admittedOrigins } from './origins.ts';
import { readAgain, updateRow, writeNextRow, type GivenLink, type GuestDependencies } from './tokenRow.ts';

/** A guest's token, and the row as it stands with it. */
export interface Admitted {
  readonly guest: PlatformGuest;
  readonly row: StoredGuest;
  readonly join: Join;
}

/** What is asked for a guest who is known. */
export interface NextTokenRequest {
  readonly applicationSessionId: string;
  /** Default: the origins of the first token. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Default: the link that the row holds. */
  readonly link?: GivenLink | undefined;
}

/** A guest whose row was just read or written, and how long their request may take. */
export interface Turn {
  readonly row: StoredGuest;
  readonly guest: PlatformGuest;
  readonly platform: MeetingPlatform;
  readonly meetingKey: string;
  readonly link?: GivenLink | undefined;
  readonly signal: AbortSignal;
}

/** A row that counts several rejoins, and the number of one of them. */
interface Counted {
  readonly row: StoredGuest;
  readonly rejoinCount: number;
}

/**
 * Tokens of guests who have a row. A token is delivered only if the row was written for it. Where the platform needs no
 * identity of ours the row is written beside the platform call; otherwise it is written after the platform's answer, with
 * the identity in it and under the ETag of the row that the platform was asked by: the loser of that race throws the token
 * away and asks again by the identity that is stored. So two requests never make two participants. Requests for one guest
 * in one process share their writes: a storm on one guest costs two of them.
 */
export class Tokens {
  readonly #deps: GuestDependencies;
  readonly #count: (key: string, turn: Turn) => Promise<Counted>;
  readonly #renew: (key: string, turn: Turn) => Promise<Admitted>;

  constructor(deps: GuestDependencies) {
    this.#deps = deps;
    this.#count = coalesce((turns, last) => this.#countTogether(turns, last?.row));
    this.#renew = coalesce((turns, last) => this.#renewTogether(turns, last?.row));
  }

  /** The next token of a guest whose row was just read. */
  async next(row: StoredGuest, request: NextTokenRequest, signal: AbortSignal): Promise<Admitted> {
    const { ring, platforms, allowedOrigins } = this.#deps;
    const { applicationSessionId, link } = request;
    const sealed = await openGuest(ring, row);
    const platform = platforms.find(({ name }) => name === row.platform);
    if (!platform) {
      throw new Problem('configuration-invalid', "Configure the guest's meeting platform again in MEETING_PLATFORMS.");
    }
    const trace = currentTrace();
    if (trace) trace.platform = platform.name;
    const guest = {
      applicationSessionId,
      meetingUrl: link?.meetingUrl ?? sealed.meetingUrl,
      allowedOrigins: admittedOrigins(request.allowedOrigins, sealed.allowedOrigins, allowedOrigins),
    };
    const turn = { row, guest, platform, meetingKey: sealed.meetingKey, link, signal };
    let admitted: Admitted;
    if (platform.identity === 'none') {
      const steps = [this.#count(keyOf(row), turn), platform.reissue(guest, sealed.identity, signal)] as const;
      await Promise.allSettled(steps);
      const [counted, join] = await Promise.all(steps);
      const bounded = await this.#bound(counted.row, join);
      admitted = { guest, row: { ...bounded, rejoinCount: counted.rejoinCount }, join };
    } else {
      admitted = await this.#renew(keyOf(row), turn);
    }
    // Meanwhile the session may have ended and begun anew in another meeting: then the token is for the one that it left.
    const mayHaveMoved = admitted.row.meetingIndex !== row.meetingIndex;
    if (mayHaveMoved && (await openGuest(ring, admitted.row)).meetingKey !== sealed.meetingKey) throw guestNotFound();
    return admitted;
  }

  /**
   * Keeps with the row what a first token adds to it, before the token is delivered. If somebody has gone on with the row
   * meanwhile, the token becomes one of theirs.
   */
  async keepFirst(turn: Turn, join: Join): Promise<Admitted> {
    const { row, guest, platform } = turn;
    if (platform.identity === 'none') return { guest, row: await this.#bound(row, join), join };
    try {
      return { guest, row: await this.#writeIdentity(turn, join, 0), join };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const changed = await readAgain(this.#deps, row);
      return this.#renew(keyOf(changed), { ...turn, row: changed });
    }
  }

  /** Counts rejoins in one write; each of them gets a number of its own. */
  async #countTogether(turns: readonly [Turn, ...Turn[]], last: StoredGuest | undefined): Promise<Counted[]> {
    const [{ row: seen, platform, meetingKey }] = turns;
    const more = {
      rejoins: turns.length,
      tokenLifeSeconds: platform.longestTokenLifeSeconds,
      link: linkOf(turns, meetingKey),
    };
    const row = await updateRow(this.#deps, last ?? seen, () => more);
    return turns.map((_, index) => ({ row, rejoinCount: row.rejoinCount - turns.length + index + 1 }));
  }

  /** A platform may give longer tokens than its documents say: then the row's bound is moved out. */
  #bound(seen: StoredGuest, join: Join): Promise<StoredGuest> {
    return updateRow(this.#deps, seen, (row) =>
      join.expiryTime > row.tokensValidUntil ? { rejoins: 0, tokenLifeSeconds: this.#lifeOf(join) } : undefined,
    );
  }

  /** One token for all who wait, by the identity that the row holds. */
  async #renewTogether(turns: readonly [Turn, ...Turn[]], last: StoredGuest | undefined): Promise<Admitted[]> {
    // The one that came last has the longest to wait yet.
    const latest = turns.at(-1) ?? turns[0];
    let row = last ?? latest.row;
    const admitted = await retryOnConflict(3, async (triesBefore) => {
      if (triesBefore > 0) row = await readAgain(this.#deps, row);
      const sealed = await openGuest(this.#deps.ring, row);
      // Meanwhile the session ended and began anew in another meeting.
      if (sealed.meetingKey !== latest.meetingKey) throw guestNotFound();
      const link = linkOf(turns, sealed.meetingKey);
      const guest = { ...latest.guest, meetingUrl: link?.meetingUrl ?? sealed.meetingUrl };
      const join = await latest.platform.reissue(guest, sealed.identity, latest.signal);
      return { guest, row: await this.#writeIdentity({ ...latest, row, link }, join, 1), join };
    });
    return turns.map(() => admitted);
  }

  #writeIdentity({ row, platform, link }: Turn, join: Join, rejoins: number): Promise<StoredGuest> {
    // The answer is there already: a server that gives longer tokens than its documents say is taken at its word.
    const tokenLifeSeconds = Math.max(platform.longestTokenLifeSeconds, this.#lifeOf(join));
    return writeNextRow(this.#deps, row, { rejoins, tokenLifeSeconds, identity: join.identity, link });
  }

  #lifeOf({ expiryTime }: Join): number {
    return (expiryTime.getTime() - this.#deps.now()) / 1_000;
  }
}

/** Requests with equal keys share their writes: never with those of a caller who has begun anew with the same id. */
function keyOf({ guestId, owner = '' }: StoredGuest): string {
  return `${guestId} ${owner}`;
}

/** The link of this meeting that was given last. */
function linkOf(turns: readonly Turn[], meetingKey: string): GivenLink | undefined {
  return turns.findLast(({ link }) => link?.meetingKey === meetingKey)?.link;
}
