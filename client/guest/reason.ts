/** What the meeting says to a guest, be it on the way in or later. */
type MeetingReason =
  /** Turned away in the lobby. */
  | 'denied'
  /** Put out of the meeting. */
  | 'ejected'
  /** The meeting is over; or the same guest has joined from somewhere else, which the platform says in the same words. */
  | 'meeting-ended'
  | 'invitees-only'
  | 'too-many-participants'
  /** Nobody opened. */
  | 'lobby-timeout'
  | 'meeting-not-found'
  /** The token is for another meeting. */
  | 'wrong-meeting'
  /** Something else, with code and subcode for the log. */
  | 'refused';

/** What became of the guest's token. */
type TokenReason =
  /** The platform does not take it, and the one that was got in its place neither. */
  | 'token-expired'
  /** On premises: it was issued by another server than the one that it was shown to. */
  | 'token-of-another-host'
  /** The advisor has removed the guest: there are no more tokens. */
  | 'guest-removed'
  /** The service does not know the guest any more. */
  | 'session-lost'
  /** There was no new token for another reason: the code is that of the service's problem. */
  | 'token-refused';

/** What became of the connection to the platform. */
type PlatformReason =
  /** The platform has ended the guest's application. */
  | 'application-gone'
  /** The guest was away for so long that its conversation was closed. */
  | 'away-too-long'
  /** The platform asks to slow down (429, 503). */
  | 'busy'
  /** No answer. */
  | 'unreachable'
  | 'platform-error'
  /** Something between the guest and the platform has answered: a proxy, a gateway, the sign-in page of a network. */
  | 'intermediary'
  /** The platform has answered something that cannot be used. */
  | 'unusable-answer';

/** Why a guest is not in the meeting. */
export type GuestReason = MeetingReason | TokenReason | PlatformReason;

// Reasons of failed joins and of conversations that end (docs/protocol/ucwa.md §3.6).
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

/** What an event's reason means for the guest; the list of subcodes is not closed. */
export function reasonOfSubcode(subcode: string | undefined, { inLobby }: { inLobby: boolean }): GuestReason {
  if (subcode === 'Timeout' && inLobby) return 'lobby-timeout';
  return reasonsBySubcode.get(subcode) ?? 'refused';
}
