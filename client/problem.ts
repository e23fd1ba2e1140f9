import type { Problem } from './definition/api.ts';

/**
 * The codes of the definition, and those of answers that the service did not give: `unreachable` (no answer, or a 502, 503
 * or 504 of something before the service), `endpoint-not-found` (the base URL is another's, or the service is an older one),
 * `unexpected-answer` (not what the definition says). A later release of the service may send more codes.
 */
export type ProblemCode = Problem['code'] | 'unreachable' | 'endpoint-not-found' | 'unexpected-answer';

/** What a problem has beside code and detail. */
interface ProblemOptions {
  status?: number | undefined;
  reason?: Problem['reason'];
  errors?: Problem['errors'];
  instance?: string | undefined;
  retryAfterSeconds?: number | undefined;
  applicationSessionId?: string | undefined;
  cause?: unknown;
}

// Not `configuration-invalid`, which is a 503 too: a person has to correct the settings.
const transientCodes: readonly ProblemCode[] = [
  'unreachable',
  'too-many-requests',
  'request-in-progress',
  'platform-unavailable',
  'platform-timeout',
  'storage-unavailable',
  'secrets-unavailable',
];

/** What every method of the client rejects with, except for an abort, which comes as its signal's reason. */
export class AnonymousJoinProblem extends Error {
  override readonly name = 'AnonymousJoinProblem';
  readonly code: ProblemCode;
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** Why the platform said no; with `platform-refused`. */
  readonly reason: Problem['reason'];
  /** Every mistake in the request; with `invalid-request`. */
  readonly errors: Problem['errors'];
  /** Names this occurrence in the service's logs. */
  readonly instance: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  // Private, so that neither inspection nor JSON prints it.
  readonly #applicationSessionId: string | undefined;

  /** @param detail what to do next, as a sentence; never a token or an id */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.reason = options.reason;
    this.errors = options.errors;
    this.instance = options.instance;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.#applicationSessionId = options.applicationSessionId;
  }

  /** What to do next: the message. */
  get detail(): string {
    return this.message;
  }

  /** The session of the attempt: a request that repeats it goes on as the same guest. A secret of the caller and the guest. */
  get applicationSessionId(): string | undefined {
    return this.#applicationSessionId;
  }

  /** Whether the same request may succeed later. The client has repeated it for a while already. */
  get transient(): boolean {
    return transientCodes.includes(this.code);
  }

  /** The same problem of a named guest. */
  ofGuest(applicationSessionId: string): AnonymousJoinProblem {
    const { code, message, status, reason, errors, instance, retryAfterSeconds, cause } = this;
    const options = { status, reason, errors, instance, retryAfterSeconds, cause, applicationSessionId };
    return new AnonymousJoinProblem(code, message, options);
  }
}

/** There was no answer, or only a part of one. */
export function unreachable(cause?: unknown): AnonymousJoinProblem {
  return new AnonymousJoinProblem('unreachable', 'Check the connection, then send the same request again.', { cause });
}
