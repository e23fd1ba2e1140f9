import { ConflictError, retryOnConflict, tooManyConflicts } from '../azure/conflict.ts';
import { functionKeyHolder, ownerOf, type Caller } from '../callers.ts';
import { parseHttpsUrl } from '../hostRules.ts';
import { readMeetingLink } from '../platforms/meetingLinks.ts';
import type { MeetingPlatform } from '../platforms/platform.ts';
import { asProblem, Problem } from '../problem.ts';
import { currentTrace } from '../telemetry.ts';
import { ownedBy, requireActive, unexpired } from './guestState.ts';
import { openGuest, type GuestRow, type StoredGuest } from './guestTable.ts';
import { guestIdOf, newSessionId } from './identity.ts';
import type { IndexEntry } from './meetingIndex.ts';
import { admittedOrigins } from './origins.ts';
import { remove, type Removal } from './removal.ts';
import { getGuest, guestsInMeeting, type GuestPage } from './search.ts';
import { newRow, type GuestDependencies, type NewGuest } from './tokenRow.ts';
import { Tokens, type Admitted } from './tokens.ts';

export interface IssueRequest {
  readonly meetingUrl: string;
  /** Default: all configured origins. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Default: one of our making. */
  readonly applicationSessionId?: string | undefined;
  /** Whose guest it is. Default: the holders of function keys. */
  readonly caller?: Caller | undefined;
}

export interface Issued extends Admitted {
  /** False if the session was known in this meeting: then this is another token of the same guest. */
  readonly created: boolean;
}

interface RejoinRequest {
  readonly applicationSessionId: string;
  /** Default: the origins of the first token. */
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly caller?: Caller | undefined;
}

/** A new guest whose request is under way. */
type Attempt = NewGuest & { readonly signal: AbortSignal };

/** The guests of a service. Every interleaving of calls ends in one guest (docs/design.md, "Issue, rejoin, remove"). */
export class Guests {
  readonly #deps: GuestDependencies;
  readonly #tokens: Tokens;

  constructor(deps: GuestDependencies) {
    this.#deps = deps;
    this.#tokens = new Tokens(deps);
  }

  /** A first token; for a session that is known in this meeting, another token of its guest. */
  async issue(request: IssueRequest, signal: AbortSignal): Promise<Issued> {
    const { guests, platforms, allowedOrigins } = this.#deps;
    const { meetingUrl, applicationSessionId, caller = functionKeyHolder } = request;
    const { platform, meetingKey } = meetingOf(meetingUrl, platforms);
    const guest = {
      applicationSessionId: applicationSessionId ?? newSessionId(),
      meetingUrl,
      allowedOrigins: admittedOrigins(request.allowedOrigins, allowedOrigins, allowedOrigins),
    };
    const trace = currentTrace();
    if (trace) Object.assign(trace, { platform: platform.name, guestId: guestIdOf(guest.applicationSessionId) });
    const attempt = { guest, platform, meetingKey, caller, signal };
    // Not awaited: a cold instance reads the guest keys and the platform's credentials side by side.
    const row = newRow(this.#deps, attempt);
    try {
      if (applicationSessionId === undefined) {
        const inserting = row.then((made) => guests.insert(made)).then((stored) => stored ?? refuseConflict());
        return await this.#firstToken(attempt, row, inserting);
      }
      const named = await row;
      return await retryOnConflict(3, () => this.#issueNamed(attempt, named, request));
    } catch (error) {
      throw asProblem(error).ofAttempt(guest.applicationSessionId);
    }
  }

  /** Another token for the guest of a session. */
  async rejoin(request: RejoinRequest, signal: AbortSignal): Promise<Admitted> {
    const { guests, now } = this.#deps;
    const { applicationSessionId, allowedOrigins, caller = functionKeyHolder } = request;
    const guestId = guestIdOf(applicationSessionId);
    const trace = currentTrace();
    if (trace) trace.guestId = guestId;
    try {
      const row = requireActive(ownedBy(await guests.read(guestId), ownerOf(caller)), now());
      return await this.#tokens.next(row, { applicationSessionId, allowedOrigins }, signal);
    } catch (error) {
      throw asProblem(error).ofAttempt(applicationSessionId);
    }
  }

  /** Ends new tokens of a guest; throws `guest-not-found`. */
  remove(guestId: string, caller: Caller = functionKeyHolder): Promise<Removal> {
    return remove(this.#deps, guestId, caller);
  }

  /** One guest, active or removed; throws `guest-not-found`. */
  get(guestId: string, caller: Caller = functionKeyHolder): Promise<GuestRow> {
    return getGuest(this.#deps, guestId, caller);
  }

  /** The caller's active guests in a meeting, eventually consistent. @param cursor of the page before */
  inMeeting(meetingUrl: string, cursor?: string, caller: Caller = functionKeyHolder): Promise<GuestPage> {
    return guestsInMeeting(this.#deps, { meetingUrl, cursor }, caller);
  }

  /** The row is claimed before the platform is asked, because somebody else may hold it. */
  async #issueNamed(attempt: Attempt, row: GuestRow, { allowedOrigins }: IssueRequest): Promise<Issued> {
    const { guests, index, ring, now } = this.#deps;
    const { guest, meetingKey, signal } = attempt;
    const claimed = await guests.insert(row);
    if (claimed) return this.#firstToken(attempt, Promise.resolve(row), Promise.resolve(claimed));
    const found = await guests.read(row.guestId);
    if (!found) throw new ConflictError();
    if (!unexpired(found, now())) {
      const replaced = await guests.replace(row, found.etag);
      if (replaced) return this.#firstToken(attempt, Promise.resolve(row), Promise.resolve(replaced));
      throw new ConflictError();
    }
    // The platform knows guests by the id alone: with it another caller would take this one's place.
    if (!ownedBy(found, row.owner)) throw boundElsewhere();
    const sealed = await openGuest(ring, requireActive(found, now()));
    if (sealed.meetingKey !== meetingKey) throw boundElsewhere();
    const { applicationSessionId, meetingUrl } = guest;
    const steps = [
      // The index entry again: an earlier attempt may have lost it half-way.
      index.put(found.meetingIndex, row.guestId, found.expiresAt),
      this.#tokens.next(found, { applicationSessionId, allowedOrigins, link: { meetingUrl, meetingKey } }, signal),
    ] as const;
    await Promise.allSettled(steps);
    try {
      const [, admitted] = await Promise.all(steps);
      return { ...admitted, created: false };
    } catch (error) {
      // The first issue of this guest failed at the platform and took its row back: now it is for us to insert one.
      throw error instanceof Problem && error.code === 'guest-not-found' ? new ConflictError() : error;
    }
  }

  /** The guest's row, its index entry and the platform's token side by side; all three, or none is left behind. */
  async #firstToken(attempt: Attempt, row: Promise<GuestRow>, inserting: Promise<StoredGuest>): Promise<Issued> {
    const { guest, platform, signal } = attempt;
    const indexing = row.then(({ meetingIndex, guestId, expiresAt }) =>
      this.#deps.index.put(meetingIndex, guestId, expiresAt),
    );
    const steps = [indexing, inserting, platform.issue(guest, signal)] as const;
    await Promise.allSettled(steps);
    try {
      const [, stored, join] = await Promise.all(steps);
      return { ...(await this.#tokens.keepFirst({ ...attempt, row: stored }, join)), created: true };
    } catch (error) {
      await this.#undo(inserting, indexing);
      throw error;
    }
  }

  /** Best effort, under the ETags of our own writes: a guest that somebody else has gone on with stays. */
  async #undo(inserting: Promise<StoredGuest>, indexing: Promise<IndexEntry>): Promise<void> {
    const { guests, index } = this.#deps;
    try {
      const stored = await inserting.catch(() => undefined);
      if (stored && !(await guests.delete(stored.guestId, stored.etag))) return;
      const entry = await indexing.catch(() => undefined);
      if (entry) await index.takeBack(entry);
    } catch {
      // The rows expire by themselves, and the caller can go on with them.
    }
  }
}

function meetingOf(
  meetingUrl: string,
  platforms: readonly MeetingPlatform[],
): { platform: MeetingPlatform; meetingKey: string } {
  const url = parseHttpsUrl(meetingUrl);
  const read = url && readMeetingLink(url, platforms);
  if (!read) {
    throw new Problem(
      'meeting-url-not-supported',
      'Send the https join URL of a meeting on a host that the administrator has configured.',
    );
  }
  const { platform, link } = read;
  if ('code' in link) throw new Problem('meeting-url-not-supported', `${link.detail} ${link.nextStep}`);
  return { platform, meetingKey: link.meetingKey };
}

function refuseConflict(): never {
  throw tooManyConflicts();
}

function boundElsewhere(): Problem {
  return new Problem('session-bound-to-another-meeting', 'Use another applicationSessionId for another meeting.');
}
