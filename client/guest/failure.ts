/** What the meeting decides about a guest, on its way in or later. */
type MeetingReason =
  /** Turned away in the lobby. */
  | 'denied'
  /** Removed from the meeting. */
  | 'ejected'
  /** The meeting is over; or the same guest has joined from another place, which the platform says in the same words. */
  | 'meeting-ended'
  | 'invitees-only'
  | 'too-many-participants'
  /** Nobody has let the guest in. */
  | 'lobby-timeout'
  | 'meeting-not-found'
  /** The token is for another meeting. */
  | 'wrong-meeting'
  /** Anything else; the refusal has code and subcode for the log. */
  | 'refused';

/** What happened to the guest's token. */
type TokenReason =
  /** The platform does not accept it, and not the one that replaced it either. */
  | 'token-expired'
  /** On premises: another server than this one has issued it. */
  | 'token-of-another-host'
  /** The advisor has removed the guest: there are no more tokens. */
  | 'guest-removed'
  /** The service does not know the guest any more. */
  | 'session-lost'
  /** The service gives no token for another reason: the refusal has the code of its problem. */
  | 'token-refused';

/** What happened to the connection to the platform. */
type PlatformReason =
  /** The platform has ended the guest's application. */
  | 'application-gone'
  /** The guest was away for so long that the platform closed its conversation. */
  | 'away-too-long'
  /** The platform asks to slow down (429, 503). */
  | 'busy'
  /** No answer. */
  | 'unreachable'
  | 'platform-error'
  /** A server between the guest and the platform has answered: a proxy, a gateway, the sign-in page of a network. */
  | 'intermediary'
  /** The platform has answered something that the client cannot use. */
  | 'unusable-answer';

/** Why a guest is not in the meeting. */
export type GuestReason = MeetingReason | TokenReason | PlatformReason;

/** What can be logged of a refusal. It has no names, tokens or URLs, except for what a server puts into `debugInfo`. */
export interface Refusal {
  /** The HTTP status; undefined if an event has said it, or if there was no answer. */
  readonly status?: number | undefined;
  /** UCWA's code and subcode (docs/protocol/ucwa.md §3.6), of which there may be new ones; or the code of the service's problem. */
  readonly code?: string | undefined;
  readonly subcode?: string | undefined;
  /** For the log of whoever runs the platform; the client decides nothing by it. */
  readonly debugInfo?: unknown;
}

/**
 * What helps against a failure: nothing; connecting again with a new token, as long as there is time; or connecting again
 * once, because the token was refused or the application was not found.
 */
export type Remedy = 'none' | 'anew' | 'new-token' | 'new-application';

interface FailureOptions {
  readonly remedy?: Remedy;
  /** Whether the same request can be sent again without doing anything twice. Default: no. */
  readonly repeatable?: boolean;
  readonly retryAfterSeconds?: number | undefined;
  readonly refusal?: Refusal;
}

/** Why something failed for a guest. It has no cause, because the error of a fetch may quote a URL or header with the token. */
export class GuestFailure extends Error {
  override readonly name = 'GuestFailure';
  readonly reason: GuestReason;
  readonly remedy: Remedy;
  readonly repeatable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly refusal: Refusal;

  constructor(reason: GuestReason, options: FailureOptions = {}) {
    super(reason);
    this.reason = reason;
    this.remedy = options.remedy ?? 'none';
    this.repeatable = options.repeatable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.refusal = options.refusal ?? {};
  }
}

// Subcodes of failed joins and of conversations that end (docs/protocol/ucwa.md §3.6).
const reasonsBySubcode = new Map<string | undefined, GuestReason>([
  ['Denied', 'denied'],
  ['Ejected', 'ejected'],
  ['Removed', 'ejected'],
  ['Ended', 'meeting-ended'],
  ['InviteesOnly', 'invitees-only'],
  ['TooManyParticipants', 'too-many-participants'],
  ['TooManyLobbyParticipants', 'too-many-participants'],
  ['DestinationNotFound', 'meeting-not-found'],
]);

/** What an event's subcode means for the guest; any other subcode is a refusal. */
export function reasonOfSubcode(subcode: string | undefined, { inLobby }: { inLobby: boolean }): GuestReason {
  if (subcode === 'Timeout' && inLobby) return 'lobby-timeout';
  return reasonsBySubcode.get(subcode) ?? 'refused';
}
