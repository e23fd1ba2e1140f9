import { parseHttpsUrl } from '../hostRules.ts';
import { readMeetingLink } from '../platforms/meetingLinks.ts';
import type { MeetingPlatform, PlatformGuest } from '../platforms/platform.ts';
import { asProblem, Problem } from '../problem.ts';
import type { CallerId } from '../settings/callers.ts';
import { currentTrace } from '../telemetry.ts';
import { settledValue, type AdmissionOptions, type Admitted } from './admission.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';
import { guestIdOf, newSessionId, normalizeMeetingUrl } from './identity.ts';
import { meetingIndexOf } from '../sealing/keyRing.ts';
import type { IndexEntry } from './meetingIndex.ts';
import { admittedOrigins } from './origins.ts';
import type { Rejoin } from './rejoin.ts';
import { openGuest, sealGuest } from './sealedGuest.ts';
import { contested, datesOf, ownedBy, requireActive, unexpired } from './standing.ts';

export interface IssueRequest {
  readonly meetingUrl: string;
  /** Default: all configured origins. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Default: one of our making. */
  readonly applicationSessionId?: string | undefined;
  /** Whose guest it is. */
  readonly caller?: CallerId;
}

export interface Issued extends Admitted {
  /** False if the session was known in this meeting: then this is another token of the same guest. */
  readonly created: boolean;
}

/** Rounds of a named issue against others that insert, replace and undo the same row. */
const rounds = 4;

/** Gives a guest a first token, so that every interleaving ends in one guest (docs/design.md, "Issue, rejoin, remove"). */
export function createIssue(
  options: AdmissionOptions,
  { readmit, keepIdentity }: Pick<Rejoin, 'readmit' | 'keepIdentity'>,
): (request: IssueRequest, signal: AbortSignal) => Promise<Issued> {
  const { guests, index, ring, platforms, retentionHours, now } = options;

  const newRow = async (guest: PlatformGuest, platform: MeetingPlatform, caller: CallerId): Promise<GuestRow> => {
    const { applicationSessionId, meetingUrl, allowedOrigins } = guest;
    const guestId = guestIdOf(applicationSessionId);
    const [newestKey] = await ring.current();
    const dates = datesOf(now(), platform.longestTokenLifeSeconds, retentionHours);
    return {
      guestId,
      state: 'active',
      platform: platform.name,
      ...(caller && { owner: caller }),
      sealed: await sealGuest(ring, guestId, { meetingUrl, allowedOrigins: [...allowedOrigins] }),
      meetingIndex: meetingIndexOf(newestKey, normalizeMeetingUrl(meetingUrl)),
      createdAt: dates.lastTokenAt,
      rejoinCount: 0,
      ...dates,
    };
  };

  /** The guest's row, its index entry and the platform's token side by side; all three, or none is left behind. */
  const firstToken = async (
    row: Promise<GuestRow>,
    inserting: Promise<StoredGuest>,
    guest: PlatformGuest,
    platform: MeetingPlatform,
    signal: AbortSignal,
  ): Promise<Issued> => {
    const [inserted, indexed, joined] = await Promise.allSettled([
      inserting,
      row.then(({ meetingIndex, guestId, expiresAt }) => index.put(meetingIndex, guestId, expiresAt)),
      platform.issue(guest, signal),
    ]);
    try {
      settledValue(indexed);
      const stored = settledValue(inserted);
      const join = settledValue(joined);
      return { ...(await keepIdentity({ row: stored, guest, platform, signal }, join)), guest, created: true };
    } catch (error) {
      await undo(inserted, indexed);
      throw error;
    }
  };

  /** Best effort, under the tags of our own writes: a guest that somebody else has gone on with stays. */
  const undo = async (
    inserted: PromiseSettledResult<StoredGuest>,
    indexed: PromiseSettledResult<IndexEntry>,
  ): Promise<void> => {
    try {
      if (inserted.status === 'fulfilled' && !(await isGone(inserted.value))) return;
      if (indexed.status === 'fulfilled') await index.takeBack(indexed.value);
    } catch {
      // The rows expire by themselves, and the caller can go on with them.
    }
  };

  /** Deleted now, or by a first try whose answer was lost: the SDK repeats the call, which then finds no row. */
  const isGone = async ({ guestId, etag }: StoredGuest): Promise<boolean> =>
    (await guests.delete(guestId, etag)) || !(await guests.read(guestId));

  const issueFresh = async (
    guest: PlatformGuest,
    platform: MeetingPlatform,
    caller: CallerId,
    signal: AbortSignal,
  ): Promise<Issued> => {
    // Not awaited: a cold instance reads the guest keys and the platform's credentials side by side.
    const row = newRow(guest, platform, caller);
    const inserting = row.then((made) => guests.insert(made)).then((stored) => stored ?? Promise.reject(contested()));
    return firstToken(row, inserting, guest, platform, signal);
  };

  /** The row is claimed before the platform is asked, because somebody else may hold it. */
  const issueNamed = async (
    guest: PlatformGuest,
    platform: MeetingPlatform,
    { caller = '', allowedOrigins: askedOrigins }: IssueRequest,
    signal: AbortSignal,
  ): Promise<Issued> => {
    const row = await newRow(guest, platform, caller);
    const { guestId } = row;
    for (let round = 0; round < rounds; round++) {
      const inserted = await guests.insert(row);
      if (inserted) return firstToken(Promise.resolve(row), Promise.resolve(inserted), guest, platform, signal);
      const found = await guests.read(guestId);
      if (!found) continue;
      if (!unexpired(found, now())) {
        const replaced = await guests.replace(row, found.etag);
        if (replaced) return firstToken(Promise.resolve(row), Promise.resolve(replaced), guest, platform, signal);
        continue;
      }
      // The platform knows guests by the id alone: with it another caller would take this one's place.
      if (!ownedBy(found, caller)) throw boundElsewhere();
      const { meetingUrl } = await openGuest(ring, requireActive(found, now()));
      if (normalizeMeetingUrl(meetingUrl) !== normalizeMeetingUrl(guest.meetingUrl)) throw boundElsewhere();
      try {
        const request = { applicationSessionId: guest.applicationSessionId, allowedOrigins: askedOrigins };
        // The index entry again: an earlier attempt may have lost it half-way.
        const [indexed, admitted] = await Promise.allSettled([
          index.put(found.meetingIndex, guestId, found.expiresAt),
          readmit(found, request, signal),
        ]);
        settledValue(indexed);
        return { ...settledValue(admitted), created: false };
      } catch (error) {
        // The first issue of this guest failed at the platform and took its row back: it is our turn to insert.
        if (!(error instanceof Problem && error.code === 'guest-not-found')) throw error;
      }
    }
    throw contested();
  };

  return async (request, signal) => {
    const { meetingUrl, allowedOrigins, applicationSessionId, caller = '' } = request;
    const platform = platformFor(meetingUrl, platforms);
    const origins = admittedOrigins(allowedOrigins, options.allowedOrigins, options.allowedOrigins);
    const guest = {
      applicationSessionId: applicationSessionId ?? newSessionId(),
      meetingUrl,
      allowedOrigins: origins,
    };
    const trace = currentTrace();
    if (trace) Object.assign(trace, { platform: platform.name, guestId: guestIdOf(guest.applicationSessionId) });
    try {
      return applicationSessionId === undefined
        ? await issueFresh(guest, platform, caller, signal)
        : await issueNamed(guest, platform, request, signal);
    } catch (error) {
      throw asProblem(error).ofAttempt(guest.applicationSessionId);
    }
  };
}

function platformFor(meetingUrl: string, platforms: readonly MeetingPlatform[]): MeetingPlatform {
  const url = parseHttpsUrl(meetingUrl);
  const platform = url && readMeetingLink(url, platforms)?.platform;
  if (platform) return platform;
  throw new Problem(
    'meeting-url-not-supported',
    'Send the https join URL of a meeting on a host that the administrator has configured.',
  );
}

function boundElsewhere(): Problem {
  return new Problem('session-bound-to-another-meeting', 'Use another applicationSessionId for another meeting.');
}
