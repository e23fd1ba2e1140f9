import type { MeetingPlatform } from '../platforms/platform.ts';
import { asProblem, Problem } from '../problem.ts';
import { currentTrace } from '../telemetry.ts';
import { settledValue, type AdmissionOptions, type Admitted } from './admission.ts';
import type { GuestRow, StoredGuest } from './guestTable.ts';
import { guestIdOf } from './identity.ts';
import { admittedOrigins } from './origins.ts';
import { createRejoinRecorder } from './rejoinRecorder.ts';
import { openGuest, sealGuest, type SealedGuest } from './sealedGuest.ts';
import { datesOf, requireActive } from './standing.ts';

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
}

/** Read, then the row's update beside the platform call: a token is delivered only if its row write succeeded. */
export function createRejoin(options: AdmissionOptions): Rejoin {
  const { guests, ring, platforms, retentionHours, now } = options;
  const platformOf = (row: GuestRow): MeetingPlatform => {
    const platform = platforms.find(({ name }) => name === row.platform);
    if (platform) return platform;
    throw new Problem('configuration-invalid', "Configure the guest's meeting platform again in MEETING_PLATFORMS.");
  };
  const recorder = createRejoinRecorder({
    table: guests,
    requireActive: (row) => requireActive(row, now()),
    // Sealed anew each time: the nonce tells whose write it was, and the row moves on to the ring's newest key.
    advance: async (row, rejoins) => ({
      ...row,
      ...datesOf(now(), platformOf(row).longestTokenLifeSeconds, retentionHours),
      sealed: await sealGuest(ring, row.guestId, await openGuest(ring, row)),
      rejoinCount: row.rejoinCount + rejoins,
    }),
  });

  const readmit: Rejoin['readmit'] = async (row, sealed, { applicationSessionId, allowedOrigins }, signal) => {
    const platform = platformOf(row);
    const trace = currentTrace();
    if (trace) trace.platform = platform.name;
    const guest = {
      applicationSessionId,
      meetingUrl: sealed.meetingUrl,
      allowedOrigins: admittedOrigins(allowedOrigins, sealed.allowedOrigins, options.allowedOrigins),
    };
    const [written, joined] = await Promise.allSettled([
      recorder.record(row),
      platform.reissue(guest, sealed.identity, signal),
    ]);
    return { row: settledValue(written), join: settledValue(joined), guest };
  };

  return {
    readmit,
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
