import { dateOf, retryAfterSeconds } from '../headers.ts';
import { errorIn, type Body } from './body.ts';
import { GuestFailure, type Remedy } from './failure.ts';
import type { GuestReason } from './reason.ts';

/** What is asked of the platform; a status means something else at each of them. */
export type PlatformOperation = 'discover' | 'applications' | 'application' | 'events' | 'join';

type Meaning = readonly [GuestReason, Remedy];

/** What an answer without success means for the guest (docs/protocol/ucwa.md §3.6). @param now of the server, ms */
export function refusalOf(
  { operation, method }: { readonly operation: PlatformOperation; readonly method: string },
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: Body,
  now: number,
): GuestFailure {
  const error = errorIn(body);
  const [reason, remedy] =
    tokenMeaning(operation, status, headers, body) ??
    generalMeaning(status, body) ??
    operationMeaning(operation, status, error);
  return new GuestFailure(reason, {
    remedy,
    // Throttled requests were not carried out; of others that fail nobody knows.
    repeatable: isThrottled(status) || (method === 'GET' && (status === 408 || status >= 500)),
    retryAfterSeconds: retryAfterSeconds(headers, dateOf(headers) ?? now),
    refusal: { status, ...error },
  });
}

/** The server does not take the token. Its pages come as HTML, so this is asked before whose answer it is. */
function tokenMeaning(
  operation: PlatformOperation,
  status: number,
  headers: Headers,
  { kind }: Body,
): Meaning | undefined {
  // A ticket is good for the server that issued it only: some say so in this way, and in no other (§2.8).
  const isOfAnotherHost = status >= 500 && (headers.get('x-ms-diagnostics') ?? '').startsWith('28032');
  if (isOfAnotherHost) return ['token-of-another-host', 'new-token'];
  const isChallenged = status === 401 || (status === 403 && headers.has('www-authenticate'));
  // At discovery the token is in the URL, and nothing else can be forbidden.
  const isForbidden = status === 403 && operation === 'discover' && kind !== 'foreign';
  return isChallenged || isForbidden ? ['token-expired', 'new-token'] : undefined;
}

function generalMeaning(status: number, { kind }: Body): Meaning | undefined {
  // Neither platform sends guests elsewhere; of a redirect that is not followed a page sees not even the status.
  if (kind === 'foreign' || status < 400) return ['intermediary', 'anew'];
  if (isThrottled(status)) return ['busy', 'anew'];
  if (status === 408 || status >= 500) return ['platform-error', 'anew'];
  // Shown, and not mended without the user (§3.5).
  return status === 410 ? ['application-gone', 'none'] : undefined;
}

function operationMeaning(
  operation: PlatformOperation,
  status: number,
  { subcode }: { subcode?: string | undefined },
): Meaning {
  const isInApplication = operation === 'events' || operation === 'application' || operation === 'join';
  if (status === 404 && isInApplication) {
    const isMeeting = operation === 'join' && subcode !== 'ApplicationNotFound';
    return isMeeting ? ['meeting-not-found', 'none'] : ['application-gone', 'new-application'];
  }
  if (status === 403 && operation === 'join' && (subcode === undefined || subcode === 'None')) {
    return ['wrong-meeting', 'none'];
  }
  // What another operation stands in the way of may be possible later.
  return ['refused', status === 409 ? 'anew' : 'none'];
}

function isThrottled(status: number): boolean {
  return status === 429 || status === 503;
}
