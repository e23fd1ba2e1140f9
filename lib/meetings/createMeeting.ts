import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { Unconfirmed, type Meeting, type MeetingPlatform, type MeetingRequest } from '../platforms/platform.ts';
import { Problem } from '../problem.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { open, seal, type SealedPlace } from '../sealing/sealing.ts';
import type { CallerId } from '../settings/callers.ts';
import { currentTrace } from '../telemetry.ts';
import {
  meetingRequestRowKey,
  meetingRequestTableName,
  type MeetingRequestTable,
  type StoredMeetingRequest,
} from './meetingRequestTable.ts';

export interface CreateMeetingOptions {
  readonly requests: MeetingRequestTable;
  readonly ring: KeyRing;
  readonly platforms: readonly MeetingPlatform[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes one request out of all that carry the same key. */
export interface Idempotency {
  readonly caller: CallerId;
  readonly key: string;
}

/** A meeting, and the platform that holds it. */
export type CreatedMeeting = Meeting & { readonly platform: string };

/** A claim older than this is taken over: its process is gone, since no request lasts longer than 15 s. */
const claimLapsesMs = 60_000;
/** A request under way is answered any moment: nobody has to wait until its claim lapses. */
const askAgainWithinMs = 5_000;
const replyKeptForMs = 24 * 60 * 60_000;

const content = z.object({
  fingerprint: z.string(),
  meeting: z
    .object({
      meetingUrl: z.string(),
      onlineMeetingUri: z.string().optional(),
      conferenceId: z.string().optional(),
      organizerUri: z.string().optional(),
      expiryTime: z.coerce.date(),
      platform: z.string(),
    })
    .optional(),
});

/**
 * Creates an ad-hoc meeting. The platform would create another one for every request, so with an idempotency key the
 * request is claimed in a row first, and the row keeps the sealed reply: sent again, it gets the same meeting. A process
 * that dies between the platform's answer and the row leaves one meeting that nobody knows; it expires by itself.
 */
export function createCreateMeeting(options: CreateMeetingOptions) {
  const { requests, ring, platforms, now } = options;

  const create = async (request: MeetingRequest, requestId: string, signal: AbortSignal): Promise<CreatedMeeting> => {
    // Not before the stored reply is looked for: a request that is sent again late is still the same request.
    if (request.expirationTime && !isWithinTenYears(request.expirationTime, now())) throw badEnd();
    const able = platforms.filter((candidate) => candidate.createMeeting !== undefined);
    const { platform: wanted } = request;
    const platform = wanted === undefined ? able[0] : able.find(({ name }) => name === wanted);
    if (wanted !== undefined && !platform) throw notCreating();
    const trace = currentTrace();
    if (trace && platform) trace.platform = platform.name;
    const meeting = await platform?.createMeeting?.(request, requestId, signal);
    if (!platform || !meeting) throw cannotCreate();
    return { ...meeting, platform: platform.name };
  };

  /** The row of a new claim, or the reply of a request that was carried out before. */
  const claim = async (requestId: string, fingerprint: string): Promise<StoredMeetingRequest | CreatedMeeting> => {
    const sealed = await seal(ring, placeOf(requestId), JSON.stringify({ fingerprint }));
    const row = {
      requestId,
      state: 'claimed',
      claimedAt: new Date(now()),
      sealed,
      expiresAt: new Date(now() + replyKeptForMs),
    } as const;
    const inserted = await requests.write(row, undefined);
    if (inserted) return inserted;
    const found = await requests.read(requestId);
    if (!found || found.expiresAt.getTime() <= now()) return (await requests.write(row, found?.etag)) ?? inProgress(1);
    const known = content.parse(JSON.parse(await open(ring, placeOf(requestId), found.sealed)));
    if (known.fingerprint !== fingerprint) {
      throw new Problem('idempotency-key-reused', 'Use a new Idempotency-Key for another request.');
    }
    if (known.meeting) return known.meeting;
    const lapsesInMs = found.claimedAt.getTime() + claimLapsesMs - now();
    if (lapsesInMs > 0) return inProgress(Math.ceil(Math.min(lapsesInMs, askAgainWithinMs) / 1_000));
    return (await requests.write(row, found.etag)) ?? inProgress(1);
  };

  const createOnce = async (
    request: MeetingRequest,
    { caller, key }: Idempotency,
    signal: AbortSignal,
  ): Promise<CreatedMeeting> => {
    const requestId = digest('idempotency', caller, 'CreateMeeting', key);
    const fingerprint = digest('request', JSON.stringify(request, Object.keys(request).sort()));
    const claimed = await claim(requestId, fingerprint);
    if ('meetingUrl' in claimed) return claimed;
    const meeting = await create(request, requestId, signal).catch(async (error: unknown) => {
      // Without a meeting the key can be sent again at once; otherwise the claim keeps hasty repetitions from making many.
      if (!(error instanceof Unconfirmed)) await requests.release(claimed).catch(() => undefined);
      throw error;
    });
    try {
      const sealed = await seal(ring, placeOf(requestId), JSON.stringify({ fingerprint, meeting }));
      await requests.write({ ...claimed, state: 'done', sealed }, claimed.etag);
    } catch {
      // The meeting is there, and only this answer knows it: without it the caller would have to make another one.
    }
    return meeting;
  };

  return (
    request: MeetingRequest,
    idempotency: Idempotency | undefined,
    signal: AbortSignal,
  ): Promise<CreatedMeeting> =>
    idempotency ? createOnce(request, idempotency, signal) : create(request, randomUUID(), signal);
}

function isWithinTenYears(time: Date, now: number): boolean {
  const furthest = new Date(now);
  furthest.setUTCFullYear(furthest.getUTCFullYear() + 10);
  return time.getTime() > now && time <= furthest;
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url');
}

function placeOf(requestId: string): SealedPlace {
  return { table: meetingRequestTableName, partitionKey: requestId, rowKey: meetingRequestRowKey, column: 'sealed' };
}

function inProgress(retryAfterSeconds: number): never {
  throw new Problem('request-in-progress', 'Wait as long as Retry-After says, then send the same request again.', {
    retryAfterSeconds,
  });
}

function cannotCreate(): Problem {
  return new Problem(
    'capability-missing',
    'No configured platform creates meetings. Let an organizer schedule the meeting, and use its join link.',
  );
}

function notCreating(): Problem {
  return new Problem('invalid-request', 'Correct what errors lists, then send the request again.', {
    errors: [{ pointer: '/platform', detail: 'is not a configured platform that creates meetings' }],
  });
}

function badEnd(): Problem {
  return new Problem('invalid-request', 'Correct what errors lists, then send the request again.', {
    errors: [{ pointer: '/expirationTime', detail: 'must lie ahead, and at most ten years' }],
  });
}
