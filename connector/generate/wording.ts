import type { Visibility } from './operations.ts';

/** The words under which the designer shows a parameter or a field. */
interface Wording {
  readonly 'x-ms-summary': string;
  readonly description?: string;
  readonly 'x-ms-visibility'?: Visibility;
}

const acronyms = new Set(['url', 'uri', 'id']);
const smallWords = new Set(['for', 'of', 'to', 'by', 'in']);
const titles: Readonly<Record<string, string>> = { latencyMs: 'Latency (ms)' };

/** The Title Case name of a field: `meetingUrl` is Meeting URL, `Idempotency-Key` Idempotency Key. */
export function titleOf(name: string): string {
  const words = name.split(/-|(?=[A-Z])/).filter((word) => word !== '');
  const title = words.map((word, index) => {
    const lower = word.toLowerCase();
    if (acronyms.has(lower)) return lower.toUpperCase();
    const isInside = index > 0 && index < words.length - 1;
    return isInside && smallWords.has(lower) ? lower : lower.charAt(0).toUpperCase() + lower.slice(1);
  });
  return titles[name] ?? title.join(' ');
}

/** What a flow maker needs at first sight, and what hides behind "Show all"; the rest is shown normally. */
const shown: Readonly<Record<string, Visibility>> = {
  'CreateMeeting.Idempotency-Key': 'important',
  'MeetingRequest.subject': 'important',
  'MeetingRequest.accessLevel': 'important',
  'MeetingRequest.leaders': 'important',
  'MeetingRequest.expirationTime': 'important',
  'MeetingRequest.automaticLeaderAssignment': 'advanced',
  'MeetingRequest.entryExitAnnouncement': 'advanced',
  'MeetingRequest.lobbyBypassForPhoneUsers': 'advanced',
  'MeetingRequest.phoneUserAdmission': 'advanced',
  'PreflightRequest.meetingUrl': 'important',
  'PreflightRequest.allowedOrigins': 'advanced',
  'PreflightRequest.applicationSessionId': 'advanced',
  'IssueRequest.meetingUrl': 'important',
  'IssueRequest.allowedOrigins': 'advanced',
  'IssueRequest.applicationSessionId': 'advanced',
  'RejoinRequest.applicationSessionId': 'important',
  'RejoinRequest.allowedOrigins': 'advanced',
  'GuestSearch.meetingUrl': 'important',
  'GuestSearch.cursor': 'advanced',
  'GetGuest.guestId': 'important',
  'RemoveGuest.guestId': 'important',
  'Meeting.meetingUrl': 'important',
  'AnonymousToken.token': 'important',
  'AnonymousToken.applicationSessionId': 'important',
  'AnonymousToken.tokenType': 'advanced',
  'RejoinToken.token': 'important',
  'RejoinToken.identityPreserved': 'important',
  'RejoinToken.tokenType': 'advanced',
  'Preflight.status': 'important',
  'HealthChange.status': 'important',
  'HealthChange.event': 'advanced',
  'HealthReport.status': 'important',
};

/** Where a flow maker needs to be told what to put, the contract's own description is not enough. */
const hints: Readonly<Record<string, string>> = {
  'CreateMeeting.Idempotency-Key':
    "Makes one meeting, however often the action is repeated: 20 to 100 characters that name the booking, such as concat('meeting-for-booking-', its ID). For one meeting per run, workflow()['run']['name'] will do.",
  'IssueRequest.applicationSessionId':
    'Empty for a new guest. With the Application Session ID of an earlier answer the same guest gets another token.',
  'RejoinRequest.applicationSessionId': 'The Application Session ID that the guest got with the first token.',
  'GetGuest.guestId': 'The Guest ID of an earlier answer.',
  'RemoveGuest.guestId': 'The Guest ID of an earlier answer.',
  'GuestSearch.cursor': 'Empty for the first page; then the Cursor of the answer before.',
};

/** Every place that this table has words for, so that a name that is gone from the contract does not stay here. */
export const wordedPlaces: ReadonlySet<string> = new Set([...Object.keys(shown), ...Object.keys(hints)]);

/** @param place the schema's id or the operationId that the name belongs to */
export function wordingOf(place: string, name: string): Wording {
  const visibility = shown[`${place}.${name}`];
  const hint = hints[`${place}.${name}`];
  return {
    'x-ms-summary': titleOf(name),
    ...(hint && { description: hint }),
    ...(visibility && { 'x-ms-visibility': visibility }),
  };
}
