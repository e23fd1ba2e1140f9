/** Every error that a caller can get: stable code, HTTP status, title (docs/design.md, "HTTP contract"). */
export const problemCatalogue = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'meeting-url-not-supported': { status: 400, title: 'No configured platform accepts this meeting' },
  'origin-not-allowed': { status: 400, title: 'An origin is not allowed' },
  'caller-unauthenticated': { status: 401, title: 'The caller did not prove who it is' },
  'caller-not-allowed': { status: 403, title: 'The caller may not use this service' },
  'guest-not-found': { status: 404, title: 'There is no such guest' },
  'guest-removed': { status: 410, title: 'The guest was removed' },
  'session-bound-to-another-meeting': { status: 409, title: 'The session belongs to another meeting' },
  'request-in-progress': { status: 409, title: 'The same request is being carried out' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'callback-not-allowed': { status: 400, title: 'The callback URL is not allowed' },
  'subscription-not-found': { status: 404, title: 'There is no such subscription' },
  'too-many-subscriptions': { status: 409, title: 'There are too many subscriptions' },
  'too-many-requests': { status: 429, title: 'The meeting platform asks to slow down' },
  'capability-missing': { status: 501, title: 'The meeting platform does not offer this' },
  'platform-refused': { status: 502, title: 'The meeting platform said no' },
  'platform-unavailable': { status: 503, title: 'The meeting platform is not available' },
  'platform-timeout': { status: 504, title: 'The meeting platform did not answer in time' },
  'storage-unavailable': { status: 503, title: 'The guest store is not available' },
  'secrets-unavailable': { status: 503, title: 'The secrets are not available' },
  'configuration-invalid': { status: 503, title: 'The service is not configured correctly' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCatalogue;

/** Why a platform refused: the `reason` of `platform-refused`. */
export const refusalReasons = [
  'not-registered-or-consented',
  'meeting-rejected',
  'credentials-rejected',
  'organizer-homed-online',
  'answer-unusable',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** One mistake in a request; `pointer` is a JSON pointer (RFC 6901) into the body, or the name of a path parameter or a header. */
export interface FieldError {
  pointer: string;
  detail: string;
}

interface ProblemOptions {
  reason?: RefusalReason | undefined;
  errors?: readonly FieldError[] | undefined;
  retryAfterSeconds?: number | undefined;
  /** For the stack only: logs take name, code and status of a cause, answers take nothing of it. */
  cause?: unknown;
}

/** An error with a stable code and a sentence that tells the caller what to do next. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly reason: RefusalReason | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  // Private, so that no inspection of the error object prints it.
  #applicationSessionId: string | undefined;

  /** @param detail what to do next; never upstream text, host names, tokens or ids. */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return problemCatalogue[this.code].status;
  }

  /** The session id with which the attempt can be repeated as the same guest; set on 502, 503 and 504. */
  get applicationSessionId(): string | undefined {
    return this.#applicationSessionId;
  }

  /** The same problem with the session id that the caller has to send again. */
  ofAttempt(applicationSessionId: string): Problem {
    if (this.status < 502) return this;
    const problem = new Problem(this.code, this.message, this);
    problem.#applicationSessionId = applicationSessionId;
    return problem;
  }
}

/** Anything thrown, as a problem: a problem as it is, anything else as `internal`. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('internal', 'Try again; if it stays, give the administrator the instance of this problem.', {
    cause: error,
  });
}
