import { retryAfterSeconds } from '../http.ts';
import { GuestFailure, type GuestReason, type Remedy } from './failure.ts';
import { errorIn, type Body } from './resource.ts';

/** What is asked of the platform; at each of them a status means something else. */
export type PlatformOperation = 'discover' | 'applications' | 'application' | 'events' | 'join';

interface Asked {
  readonly operation: PlatformOperation;
  readonly method: string;
}

type Answered = Pick<Response, 'status' | 'headers'>;

type Meaning = readonly [GuestReason, Remedy];

/** What an answer without success means for the guest (docs/protocol/ucwa.md §3.6). @param now of the server, ms */
export function refusalOf({ operation, method }: Asked, answer: Answered, body: Body, now: number): GuestFailure {
  const { status, headers } = answer;
  const error = errorIn(body);
  const [reason, remedy] =
    tokenMeaning(operation, answer, body) ??
    generalMeaning(status, body) ??
    operationMeaning(operation, status, error.subcode);
  return new GuestFailure(reason, {
    remedy,
    // A throttled request was not carried out; of another one that failed this is not known.
    repeatable: isThrottled(status) || (method === 'GET' && (status === 408 || status >= 500)),
    retryAfterSeconds: retryAfterSeconds(headers, now),
    refusal: { status, ...error },
  });
}

/** The server refuses the token. This is asked first, because such an answer may be an HTML page. */
function tokenMeaning(
  operation: PlatformOperation,
  { status, headers }: Answered,
  { kind }: Body,
): Meaning | undefined {
  // Some servers say in this way alone that another server has issued the ticket (docs/protocol/ucwa.md §2.8).
  const isOfAnotherHost = status >= 500 && (headers.get('x-ms-diagnostics') ?? '').startsWith('28032');
  if (isOfAnotherHost) return ['token-of-another-host', 'new-token'];
  const isChallenged = status === 401 || (status === 403 && headers.has('www-authenticate'));
  // At discovery the token is in the URL, and the platform forbids nothing else.
  const isForbidden = status === 403 && operation === 'discover' && kind !== 'foreign';
  return isChallenged || isForbidden ? ['token-expired', 'new-token'] : undefined;
}

function generalMeaning(status: number, { kind }: Body): Meaning | undefined {
  // Neither platform redirects guests. Of a redirect that is not followed a page does not see the status either.
  if (kind === 'foreign' || status < 400) return ['intermediary', 'anew'];
  if (isThrottled(status)) return ['busy', 'anew'];
  if (status === 408 || status >= 500) return ['platform-error', 'anew'];
  // Only the user can do something about it (docs/protocol/ucwa.md §3.5).
  return status === 410 ? ['application-gone', 'none'] : undefined;
}

function operationMeaning(operation: PlatformOperation, status: number, subcode: string | undefined): Meaning {
  const isInApplication = operation === 'events' || operation === 'application' || operation === 'join';
  if (status === 404 && isInApplication) {
    const isMeeting = operation === 'join' && subcode !== 'ApplicationNotFound';
    return isMeeting ? ['meeting-not-found', 'none'] : ['application-gone', 'new-application'];
  }
  if (status === 403 && operation === 'join' && (subcode === undefined || subcode === 'None')) {
    return ['wrong-meeting', 'none'];
  }
  // A conflict with another operation may be over later.
  return ['refused', status === 409 ? 'anew' : 'none'];
}

function isThrottled(status: number): boolean {
  return status === 429 || status === 503;
}
