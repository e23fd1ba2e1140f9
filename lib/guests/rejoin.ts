import type { Join, MeetingPlatform } from '../platforms/platform.ts';
import { asProblem, Problem } from '../problem.ts';
import { currentTrace } from '../telemetry.ts';
import { settledValue, type AdmissionOptions, type Admitted } from './admission.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';
import { guestIdOf, normalizeMeetingUrl } from './identity.ts';
import { meetingIndexOf } from './keyRing.ts';
import { createLastAnswer, type Identified, type Turn } from './lastAnswer.ts';
import { admittedOrigins } from './origins.ts';
import { createRejoinRecorder } from './rejoinRecorder.ts';
import { openGuest, sealGuest, type SealedGuest } from './sealedGuest.ts';
import { datesOf, guestNotFound, requireActive } from './standing.ts';

export interface RejoinRequest {
  readonly applicationSessionId: string;
  /** Default: the origins of the first token. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

export interface Rejoin {
  /** Another token for the guest of this session. */
  readonly rejoin: (request: RejoinRequest, signal: AbortSignal) => Promise<Admitted>;
  /** The same for a row that was read and opened already. */
  readonly readmit: (
    row: StoredGuest,
    sealed: SealedGuest,
    request: RejoinRequest,
    signal: AbortSignal,
  ) => Promise<Admitted>;
  /** Keeps with the row what the platform needs to know the guest by next time, before a first token is delivered. */
  readonly keepIdentity: (turn: Turn, join: Join) => Promise<Identified>;
}

/**
 * Read, then the row's update beside the platform call, or after it where the platform's answer is part of the row: a token
 * is delivered only if its row write succeeded.
 */
export function createRejoin(options: AdmissionOptions): Rejoin {
  const { guests, index, ring, platforms, retentionHours, now } = options;
  const platformOf = (row: GuestRow): MeetingPlatform => {
    const platform = platforms.find(({ name }) => name === row.platform);
    if (platform) return platform;
    throw new Problem('configuration-invalid', "Configure the guest's meeting platform again in MEETING_PLATFORMS.");
  };

  /** After a rotation the guest moves on in the index too, or the search would lose it with the old key. */
  const currentIndex = async (row: GuestRow, meetingUrl: string, expiresAt: Date): Promise<string> => {
    const [newestKey] = await ring.current();
    const meetingIndex = meetingIndexOf(newestKey, normalizeMeetingUrl(meetingUrl));
    if (meetingIndex !== row.meetingIndex) await index.put(meetingIndex, row.guestId, expiresAt);
    return meetingIndex;
  };

  const recorder = createRejoinRecorder({
    table: guests,
    requireActive: (row) => requireActive(row, now()),
    // Sealed anew each time: the nonce tells whose write it was, and the row moves on to the ring's newest key.
    advance: async (row, rejoins) => {
      const sealed = await openGuest(ring, row);
      const dates = datesOf(now(), platformOf(row).longestTokenLifeSeconds, retentionHours);
      return {
        ...row,
        ...dates,
        sealed: await sealGuest(ring, row.guestId, sealed),
        meetingIndex: await currentIndex(row, sealed.meetingUrl, dates.expiresAt),
        rejoinCount: row.rejoinCount + rejoins,
      };
    },
  });

  const lastAnswer = createLastAnswer(options);

  const readmit: Rejoin['readmit'] = async (row, sealed, { applicationSessionId, allowedOrigins }, signal) => {
    const platform = platformOf(row);
    const trace = currentTrace();
    if (trace) trace.platform = platform.name;
    const guest = {
      applicationSessionId,
      meetingUrl: sealed.meetingUrl,
      allowedOrigins: admittedOrigins(allowedOrigins, sealed.allowedOrigins, options.allowedOrigins),
    };
    if (platform.keepsIdentity === 'by-last-answer') {
      return { ...(await lastAnswer.readmit({ row, guest, platform, signal })), guest };
    }
    const [written, joined] = await Promise.allSettled([
      recorder.record(row),
      platform.reissue(guest, sealed.identity, signal),
    ]);
    const recorded = settledValue(written);
    // Meanwhile the session ended and began anew in another meeting: the token is for the one that it left.
    if ((await openGuest(ring, recorded)).meetingUrl !== sealed.meetingUrl) throw guestNotFound();
    return { row: recorded, join: settledValue(joined), guest };
  };

  return {
    readmit,
    keepIdentity: async (turn, join) =>
      turn.platform.keepsIdentity === 'by-last-answer' ? lastAnswer.keep(turn, join) : { row: turn.row, join },
    async rejoin(request, signal) {
      const guestId = guestIdOf(request.applicationSessionId);
      const trace = currentTrace();
      if (trace) trace.guestId = guestId;
      try {
        const row = requireActive(await guests.read(guestId), now());
        return await readmit(row, await openGuest(ring, row), request, signal);
      } catch (error) {
        throw asProblem(error).ofAttempt(request.applicationSessionId);
      }
    },
  };
}
