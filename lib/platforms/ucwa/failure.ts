import { Problem, type RefusalReason } from '../../problem.ts';
import { asSharedProblem, platformUnavailable, tooManyRequests, unusableAnswer } from '../failures.ts';

/** One request of discovery and what became of it; only administrators are shown it. */
export interface Hop {
  readonly url: string;
  readonly status?: number;
  /** Why it led nowhere; absent if it led on. */
  readonly failure?: string;
}

export type DiscoveryFailureCode =
  | 'all-tiers-failed'
  | 'redirect-blocked'
  | 'homed-online'
  | 'endless'
  | 'no-pool'
  | 'user-unavailable'
  | 'no-applications';

/** Discovery ended before it found UCWA. Its hops name internal hosts: not for logs. */
export class DiscoveryFailure extends Error {
  override readonly name = 'DiscoveryFailure';
  readonly code: DiscoveryFailureCode;
  readonly hops: readonly Hop[];
  /** Of `redirect-blocked`: the host that an administrator may approve. */
  readonly blockedHost: string | undefined;

  constructor(code: DiscoveryFailureCode, hops: readonly Hop[], blockedHost?: string) {
    super(`autodiscovery: ${code}`);
    this.code = code;
    this.hops = hops;
    this.blockedHost = blockedHost;
  }
}

export type ChallengeFailureCode =
  | 'no-challenge'
  | 'homed-online'
  | 'no-endpoint'
  | 'endpoint-refused'
  | 'grant-not-offered';

/** A protected resource did not say how to get a ticket that we may ask for. */
export class ChallengeFailure extends Error {
  override readonly name = 'ChallengeFailure';
  readonly code: ChallengeFailureCode;

  constructor(code: ChallengeFailureCode) {
    super(`challenge: ${code}`);
    this.code = code;
  }
}

/** The error codes that the documents give the token endpoint. */
export const documentedErrors = [
  'invalid_request',
  'invalid_grant',
  'unsupported_grant_type',
  'invalid_scope',
  'server_error',
] as const;

export type TicketFailureCode =
  | (typeof documentedErrors)[number]
  /** Nothing was sent: the password grant needs a user name and a password. */
  | 'credentials_missing'
  /** Not bad credentials: somebody has to sign in at a browser. */
  | 'interaction_required'
  | 'integrated_windows'
  | 'refused'
  | 'unusable';

/** The token endpoint gave no ticket. */
export class TicketFailure extends Error {
  override readonly name = 'TicketFailure';
  readonly code: TicketFailureCode;
  /** 0 if nothing was sent. */
  readonly status: number;
  /** Of `interaction_required`: where a browser signs in, if that is an https URL. For administrators only. */
  readonly signInUrl: URL | undefined;
  /** How long the server asked us to wait, if it did. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: TicketFailureCode,
    status: number,
    options: { signInUrl?: URL | undefined; retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(`web ticket: ${code}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = status;
    this.signInUrl = options.signInUrl;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The meeting page's answer cannot be trusted: hostile XML, another organizer's domain, a form that is no conference. */
export class MeetingPageFailure extends Error {
  override readonly name = 'MeetingPageFailure';
}

type Meaning = (cause: Error) => Problem;
const refused =
  (reason: RefusalReason, detail: string): Meaning =>
  (cause) =>
    new Problem('platform-refused', detail, { reason, cause });
const unavailable: Meaning = (cause) => platformUnavailable(undefined, cause);
const unknownMeeting = refused(
  'meeting-rejected',
  'Check the meeting URL: the meeting is not known, or its key has changed.',
);
const anonymousJoinOff: Meaning = (cause) =>
  new Problem('capability-missing', 'Ask the administrator to allow anonymous join on the meeting servers.', { cause });
const unusablePage = refused(
  'answer-unusable',
  'Check the meeting URL; if it is right, report the meeting page to the administrator.',
);

type Code = DiscoveryFailureCode | ChallengeFailureCode | Exclude<TicketFailureCode, 'refused' | 'unusable'>;

const meanings: Readonly<Record<Code, Meaning>> = {
  'all-tiers-failed': unavailable,
  'no-pool': unavailable,
  'user-unavailable': unavailable,
  'no-applications': unusableAnswer,
  'homed-online': refused(
    'organizer-homed-online',
    'The organizer is homed in the cloud, where this meeting platform ends.',
  ),
  'redirect-blocked': refused(
    'answer-unusable',
    'Autodiscovery leads to a host that is not trusted. Ask the administrator to try it with `npm run ucwa -- discover`.',
  ),
  endless: refused('answer-unusable', 'Autodiscovery goes round in a circle; report it to the administrator.'),
  'no-challenge': unusableAnswer,
  'no-endpoint': unusableAnswer,
  'endpoint-refused': unusableAnswer,
  'grant-not-offered': anonymousJoinOff,
  invalid_grant: unknownMeeting,
  invalid_request: unknownMeeting,
  unsupported_grant_type: anonymousJoinOff,
  invalid_scope: unusableAnswer,
  server_error: unavailable,
  credentials_missing: refused('credentials-rejected', 'The account needs a user name and a password.'),
  interaction_required: refused(
    'credentials-rejected',
    'The server wants somebody to sign in at a browser, which a service cannot.',
  ),
  integrated_windows: refused(
    'credentials-rejected',
    'The server wants integrated Windows sign-in, which an unattended service cannot do.',
  ),
};

/** Whatever went wrong on the way to a ticket, as a problem: the one mapping, at the edge (docs/protocol/ucwa.md §2.4, §7). */
export function asPlatformProblem(failure: unknown): Problem {
  if (failure instanceof MeetingPageFailure) return unusablePage(failure);
  if (failure instanceof DiscoveryFailure || failure instanceof ChallengeFailure)
    return meanings[failure.code](failure);
  if (!(failure instanceof TicketFailure)) return asSharedProblem(failure);
  const { code, status, retryAfterSeconds } = failure;
  if (code !== 'refused' && code !== 'unusable') return meanings[code](failure);
  if (status === 429) return tooManyRequests(retryAfterSeconds, failure);
  return status >= 500 ? platformUnavailable(retryAfterSeconds, failure) : unusableAnswer(failure);
}
