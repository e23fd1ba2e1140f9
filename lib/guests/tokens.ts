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
interface NextTokenRequest {
  readonly applicationSessionId: string;
  /** Default: the origins of the first token. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Default: the link that the row holds. */
  readonly link?: GivenLink | undefined;
}

/** A token that is wanted for a guest whose row was just read or written, and how long the request may take. */
interface WantedToken {
  readonly row: StoredGuest;
  readonly guest: PlatformGuest;
  readonly platform: MeetingPlatform;
  readonly meetingKey: string;
  readonly link?: GivenLink | undefined;
  readonly signal: AbortSignal;
}

type Batch = readonly [WantedToken, ...WantedToken[]];

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
  readonly #count: (key: string, wanted: WantedToken) => Promise<Counted>;
  readonly #renew: (key: string, wanted: WantedToken) => Promise<Admitted>;

  constructor(deps: GuestDependencies) {
    this.#deps = deps;
    this.#count = coalesce((tokens, last) => this.#countTogether(tokens, last?.row));
    this.#renew = coalesce((tokens, last) => this.#renewTogether(tokens, last?.row));
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
    const wanted = { row, guest, platform, meetingKey: sealed.meetingKey, link, signal };
    if (platform.identity !== 'none') return this.#renew(keyOf(wanted), wanted);
    const steps = [this.#count(keyOf(wanted), wanted), platform.reissue(guest, sealed.identity, signal)] as const;
    await Promise.allSettled(steps);
    const [counted, join] = await Promise.all(steps);
    const written = await this.#bound(counted.row, join);
    // Meanwhile the session may have ended and begun anew in another meeting: then the token is for the one that it left.
    const mayHaveMoved = written.meetingIndex !== row.meetingIndex;
    if (mayHaveMoved && (await openGuest(ring, written)).meetingKey !== sealed.meetingKey) throw guestNotFound();
    return { guest, row: { ...written, rejoinCount: counted.rejoinCount }, join };
  }

  /**
   * Keeps with the row what a first token adds to it, before the token is delivered. If somebody has gone on with the row
   * meanwhile, the token becomes one of theirs.
   */
  async keepFirst(wanted: WantedToken, join: Join): Promise<Admitted> {
    const { row, guest, platform } = wanted;
    if (platform.identity === 'none') return { guest, row: await this.#bound(row, join), join };
    try {
      return { guest, row: await this.#writeIdentity(wanted, join, 0), join };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return this.#renew(keyOf(wanted), { ...wanted, row: await readAgain(this.#deps, row) });
    }
  }

  /** Counts rejoins in one write; each of them gets a number of its own. */
  async #countTogether(tokens: Batch, last: StoredGuest | undefined): Promise<Counted[]> {
    const [{ row: seen, platform }] = tokens;
    const more = {
      rejoins: tokens.length,
      tokenLifeSeconds: platform.longestTokenLifeSeconds,
      link: lastLink(tokens),
    };
    const row = await updateRow(this.#deps, last ?? seen, () => more);
    return tokens.map((_, index) => ({ row, rejoinCount: row.rejoinCount - tokens.length + index + 1 }));
  }

  /** A platform may give longer tokens than its documents say: then the row's bound is moved out. */
  #bound(seen: StoredGuest, join: Join): Promise<StoredGuest> {
    return updateRow(this.#deps, seen, (row) =>
      join.expiryTime > row.tokensValidUntil ? { rejoins: 0, tokenLifeSeconds: this.#lifeOf(join) } : undefined,
    );
  }

  /** One token for all who wait, by the identity that the row holds. */
  async #renewTogether(tokens: Batch, last: StoredGuest | undefined): Promise<Admitted[]> {
    // The one that came last has the longest to wait yet.
    const latest = tokens.at(-1) ?? tokens[0];
    let row = last ?? latest.row;
    const admitted = await retryOnConflict(3, async (triesBefore) => {
      if (triesBefore > 0) row = await readAgain(this.#deps, row);
      const sealed = await openGuest(this.#deps.ring, row);
      // Meanwhile the session ended and began anew in another meeting.
      if (sealed.meetingKey !== latest.meetingKey) throw guestNotFound();
      const link = lastLink(tokens);
      const guest = { ...latest.guest, meetingUrl: link?.meetingUrl ?? sealed.meetingUrl };
      const join = await latest.platform.reissue(guest, sealed.identity, latest.signal);
      return { guest, row: await this.#writeIdentity({ ...latest, row, link }, join, 1), join };
    });
    return tokens.map(() => admitted);
  }

  #writeIdentity({ row, platform, link }: WantedToken, join: Join, rejoins: number): Promise<StoredGuest> {
    // The answer is there already: a server that gives longer tokens than its documents say is taken at its word.
    const tokenLifeSeconds = Math.max(platform.longestTokenLifeSeconds, this.#lifeOf(join));
    return writeNextRow(this.#deps, row, { rejoins, tokenLifeSeconds, identity: join.identity, link });
  }

  #lifeOf({ expiryTime }: Join): number {
    return (expiryTime.getTime() - this.#deps.now()) / 1_000;
  }
}

/** Requests with equal keys share their writes: never with another caller or meeting, should the session have begun anew. */
function keyOf({ row: { guestId, owner = '' }, meetingKey }: WantedToken): string {
  return `${guestId} ${owner} ${meetingKey}`;
}

function lastLink(tokens: Batch): GivenLink | undefined {
  return tokens.findLast(({ link }) => link)?.link;
}
