import type { Join, MeetingPlatform } from '../platforms/platform.ts';
import { asProblem, Problem } from '../problem.ts';
import type { CallerId } from '../settings/callers.ts';
import { currentTrace } from '../telemetry.ts';
import { settledValue, type AdmissionOptions, type Admitted } from './admission.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';
import { guestIdOf } from './identity.ts';
import { replaceActive, type ReplaceOptions } from './contention.ts';
import { createLastAnswer, type Identified, type Turn } from './lastAnswer.ts';
import { createNextRow } from './nextRow.ts';
import { admittedOrigins } from './origins.ts';
import { createRejoinRecorder } from './rejoinRecorder.ts';
import { openGuest } from './sealedGuest.ts';
import { guestNotFound, ownedBy, requireActive } from './standing.ts';

export interface RejoinRequest {
  readonly applicationSessionId: string;
  /** Default: the origins of the first token. */
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly caller?: CallerId;
}

export interface Rejoin {
  /** Another token for the guest of this session. */
  readonly rejoin: (request: RejoinRequest, signal: AbortSignal) => Promise<Admitted>;
  /** The same for a row that was read already. */
  readonly readmit: (row: StoredGuest, request: RejoinRequest, signal: AbortSignal) => Promise<Admitted>;
  /** Keeps with the row what the platform needs to know the guest by next time, before a first token is delivered. */
  readonly keepIdentity: (turn: Turn, join: Join) => Promise<Identified>;
}

/**
 * Read, then the row's update beside the platform call, or after it where the platform's answer is part of the row: a token
 * is delivered only if its row write succeeded.
 */
export function createRejoin(options: AdmissionOptions): Rejoin {
  const { guests, ring, platforms, now } = options;
  const platformOf = (row: GuestRow): MeetingPlatform => {
    const platform = platforms.find(({ name }) => name === row.platform);
    if (platform) return platform;
    throw new Problem('configuration-invalid', "Configure the guest's meeting platform again in MEETING_PLATFORMS.");
  };

  const nextRow = createNextRow(options);
  const replacing: ReplaceOptions = { table: guests, requireActive: (row) => requireActive(row, now()) };
  const recorder = createRejoinRecorder({
    ...replacing,
    advance: (row, rejoins) =>
      nextRow(row, { rejoins, longestTokenLifeSeconds: platformOf(row).longestTokenLifeSeconds }),
  });
  const lastAnswer = createLastAnswer(options);

  /** A platform may give longer tokens than its documents say: then the row's bound is moved out before it is delivered. */
  const withinBound = async ({ row, join }: Identified): Promise<Identified> => {
    if (join.expiryTime <= row.tokensValidUntil) return { row, join };
    const longestTokenLifeSeconds = (join.expiryTime.getTime() - now()) / 1_000;
    const widened = await replaceActive(replacing, row, (known) =>
      nextRow(known, { rejoins: 0, longestTokenLifeSeconds }),
    );
    return { row: { ...widened, rejoinCount: row.rejoinCount }, join };
  };

  const readmit: Rejoin['readmit'] = async (row, { applicationSessionId, allowedOrigins }, signal) => {
    const sealed = await openGuest(ring, row);
    const platform = platformOf(row);
    const trace = currentTrace();
    if (trace) trace.platform = platform.name;
    const guest = {
      applicationSessionId,
      meetingUrl: sealed.meetingUrl,
      allowedOrigins: admittedOrigins(allowedOrigins, sealed.allowedOrigins, options.allowedOrigins),
    };
    const admitted =
      platform.identity === 'replaced'
        ? await lastAnswer.readmit({ row, guest, platform, signal })
        : await withinBound(
            await besideEachOther(recorder.record(row), platform.reissue(guest, sealed.identity, signal)),
          );
    // Meanwhile the session ended and began anew in another meeting: the token is for the one that it left.
    const mayHaveMoved = admitted.row.meetingIndex !== row.meetingIndex;
    if (mayHaveMoved && (await openGuest(ring, admitted.row)).meetingUrl !== sealed.meetingUrl) throw guestNotFound();
    return { ...admitted, guest };
  };

  return {
    readmit,
    keepIdentity: async (turn, join) =>
      turn.platform.identity === 'replaced' ? lastAnswer.keep(turn, join) : withinBound({ row: turn.row, join }),
    async rejoin(request, signal) {
      const guestId = guestIdOf(request.applicationSessionId);
      const trace = currentTrace();
      if (trace) trace.guestId = guestId;
      try {
        const row = requireActive(ownedBy(await guests.read(guestId), request.caller ?? ''), now());
        return await readmit(row, request, signal);
      } catch (error) {
        throw asProblem(error).ofAttempt(request.applicationSessionId);
      }
    },
  };
}

async function besideEachOther(recording: Promise<StoredGuest>, joining: Promise<Join>): Promise<Identified> {
  const [recorded, joined] = await Promise.allSettled([recording, joining]);
  return { row: settledValue(recorded), join: settledValue(joined) };
}
