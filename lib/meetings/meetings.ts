import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Table } from '../azure/tables.ts';
import { column, TypedRows, type RowKeys, type StoredRow } from '../azure/typedRows.ts';
import { ownerOf, type Caller } from '../callers.ts';
import { parseJson } from '../json.ts';
import { Unconfirmed, type Meeting, type MeetingPlatform, type MeetingRequest } from '../platforms/platform.ts';
import { Problem } from '../problem.ts';
import type { KeyRing } from '../sealing/keyRing.ts';
import { open, seal, type SealedPlace } from '../sealing/sealing.ts';
import { currentTrace } from '../telemetry.ts';

interface MeetingDependencies {
  /** The table `meetingRequests`. */
  readonly table: Table;
  readonly ring: KeyRing;
  readonly platforms: readonly MeetingPlatform[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes one request out of all that carry the same key. */
export interface Idempotency {
  readonly caller: Caller;
  readonly key: string;
}

/** A meeting, and the platform that holds it. */
export type CreatedMeeting = Meeting & { readonly platform: string };

export const meetingRequestTableName = 'meetingRequests';

/** A request with an idempotency key: PartitionKey is the digest of caller, endpoint and key, RowKey `request`. */
const columns = z.object({
  /** `claimed`: being carried out since `claimedAt`; `done`: `sealed` has the meeting. */
  state: z.enum(['claimed', 'done']),
  claimedAt: column.date,
  sealed: z.string(),
  expiresAt: column.date,
});

/** What the row keeps unreadable. */
const content = z.object({
  /** Digest of what was asked. */
  fingerprint: z.string(),
  /** What the platform knows the request by, in each try of it. */
  requestId: z.string(),
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

interface Claim {
  readonly row: StoredRow<typeof columns>;
  readonly requestId: string;
}

/** A claim older than this is taken over: its process is gone, since no request lasts longer than 15 s. */
const claimLapsesMs = 60_000;
/** A request under way is answered any moment: nobody has to wait until its claim lapses. */
const askAgainWithinMs = 5_000;
const replyKeptForMs = 24 * 60 * 60_000;

/**
 * Ad-hoc meetings. The platform would create another one for every request, so with an idempotency key the request is
 * claimed in a row first, and the row keeps the sealed reply: sent again, it gets the same meeting. A process that dies
 * between the platform's answer and the row leaves one meeting that nobody knows; it expires by itself.
 */
export class Meetings {
  readonly #deps: MeetingDependencies;
  readonly #requests: TypedRows<typeof columns>;

  constructor(deps: MeetingDependencies) {
    this.#deps = deps;
    this.#requests = new TypedRows(deps.table, columns);
  }

  /** Creates a meeting; with an idempotency key at most one for the key, for 24 hours. */
  async create(
    request: MeetingRequest,
    idempotency: Idempotency | undefined,
    signal: AbortSignal,
  ): Promise<CreatedMeeting> {
    if (!idempotency) return this.#ask(request, randomUUID(), signal);
    const { caller, key } = idempotency;
    const keys = {
      partitionKey: digest('idempotency', ownerOf(caller) ?? '', 'CreateMeeting', key),
      rowKey: 'request',
    };
    const fingerprint = digest('request', JSON.stringify(request, Object.keys(request).sort()));
    const claimed = await this.#claim(keys, fingerprint);
    if ('meetingUrl' in claimed) return claimed;
    const { row, requestId } = claimed;
    const meeting = await this.#ask(request, requestId, signal).catch(async (error: unknown) => {
      // Without a meeting the key can be sent again at once; otherwise the claim keeps hasty repetitions from making many.
      if (!(error instanceof Unconfirmed)) await this.#requests.delete(keys, row.etag).catch(() => undefined);
      throw error;
    });
    try {
      const sealed = await this.#seal(keys, { fingerprint, requestId, meeting });
      await this.#requests.replace(keys, { ...row, state: 'done', sealed }, row.etag);
    } catch {
      // The meeting is there, and only this answer knows it: without it the caller would have to make another one.
    }
    return meeting;
  }

  async #ask(request: MeetingRequest, requestId: string, signal: AbortSignal): Promise<CreatedMeeting> {
    // Not before the stored reply is looked for: a request that is sent again late is still the same request.
    if (request.expirationTime && !isWithinTenYears(request.expirationTime, this.#deps.now())) {
      throw invalid('/expirationTime', 'must lie ahead, and at most ten years');
    }
    const able = this.#deps.platforms.filter((platform) => platform.createMeeting !== undefined);
    const { platform: wanted } = request;
    const platform = wanted === undefined ? able[0] : able.find(({ name }) => name === wanted);
    if (wanted !== undefined && !platform) {
      throw invalid('/platform', 'is not a configured platform that creates meetings');
    }
    const trace = currentTrace();
    if (trace && platform) trace.platform = platform.name;
    const meeting = await platform?.createMeeting?.(request, requestId, signal);
    if (!platform || !meeting) {
      throw new Problem(
        'capability-missing',
        'No configured platform creates meetings. Let an organizer schedule the meeting, and use its join link.',
      );
    }
    return { ...meeting, platform: platform.name };
  }

  /** A new claim or one that is taken over; or the reply of a request that was carried out before. */
  async #claim(keys: RowKeys, fingerprint: string): Promise<Claim | CreatedMeeting> {
    const now = this.#deps.now();
    const write = async (requestId: string, etag?: string): Promise<Claim | undefined> => {
      const sealed = await this.#seal(keys, { fingerprint, requestId });
      const dates = { claimedAt: new Date(now), expiresAt: new Date(now + replyKeptForMs) };
      const row = await this.#requests.write(keys, { state: 'claimed', sealed, ...dates }, etag);
      return row && { row, requestId };
    };
    const inserted = await write(randomUUID());
    if (inserted) return inserted;
    const found = await this.#requests.read(keys);
    if (!found || found.expiresAt.getTime() <= now) return (await write(randomUUID(), found?.etag)) ?? inProgress(1);
    const known = content.parse(parseJson(await open(this.#deps.ring, placeOf(keys), found.sealed)));
    if (known.fingerprint !== fingerprint) {
      throw new Problem('idempotency-key-reused', 'Use a new Idempotency-Key for another request.');
    }
    if (known.meeting) return known.meeting;
    const lapsesInMs = found.claimedAt.getTime() + claimLapsesMs - now;
    if (lapsesInMs > 0) return inProgress(Math.ceil(Math.min(lapsesInMs, askAgainWithinMs) / 1_000));
    return (await write(known.requestId, found.etag)) ?? inProgress(1);
  }

  #seal(keys: RowKeys, reply: z.input<typeof content>): Promise<string> {
    return seal(this.#deps.ring, placeOf(keys), JSON.stringify(reply));
  }
}

function isWithinTenYears(time: Date, now: number): boolean {
  const furthest = new Date(now);
  furthest.setUTCFullYear(furthest.getUTCFullYear() + 10);
  return time.getTime() > now && time <= furthest;
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64url');
}

function placeOf(keys: RowKeys): SealedPlace {
  return { table: meetingRequestTableName, ...keys, column: 'sealed' };
}

function inProgress(retryAfterSeconds: number): never {
  throw new Problem('request-in-progress', 'Wait as long as Retry-After says, then send the same request again.', {
    retryAfterSeconds,
  });
}

function invalid(pointer: string, detail: string): Problem {
  return new Problem('invalid-request', 'Correct what errors lists, then send the request again.', {
    errors: [{ pointer, detail }],
  });
}
