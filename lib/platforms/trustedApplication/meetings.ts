import { parseAllowedUrl, type HostRule } from '../../hostRules.ts';
import { UpstreamFailure, type UpstreamAnswer } from '../../net/transport.ts';
import { Unconfirmed, type Meeting, type MeetingRequest } from '../platform.ts';
import { AnswerFailure } from '../failures.ts';
import { callService, type ServiceClient } from './client.ts';
import type { Discovered, Discovery } from './discovery.ts';
import { asPlatformProblem, TrustedApplicationFailure, refuseFailedAnswer } from './failure.ts';
import { parseMeetingAnswer, subcodeOf } from './wire.ts';

/** What creating a meeting needs. */
export interface MeetingOptions {
  readonly discovery: Discovery;
  /** Over a transport that sends at most once (lib/net/upstream.ts). */
  readonly client: ServiceClient;
  readonly meetingHosts: readonly HostRule[];
}

/**
 * Creates an ad-hoc meeting (docs/protocol/trusted-application-api.md §7). The platform makes another one for each request that it carries out: one is repeated
 * after 401 and 307 (client.ts) and after 429 (the transport), which say that nothing was made, and after nothing else.
 * What a moved application explains only has the links looked up, for the next request. Throws {@link Unconfirmed} unless
 * the platform said no or was never asked.
 */
export async function requestMeeting(
  { discovery, client, meetingHosts }: MeetingOptions,
  meeting: MeetingRequest,
  signal: AbortSignal,
): Promise<Meeting> {
  const known = await discovery.get(signal);
  const used = known.adhocMeetings ? known : await discovery.renew(known, signal);
  if (!used?.adhocMeetings) throw new TrustedApplicationFailure('meetings-not-granted');

  let answer: UpstreamAnswer;
  try {
    answer = await callService(client, { method: 'POST', url: used.adhocMeetings, body: bodyOf(meeting) }, signal);
  } catch (error) {
    if (!(error instanceof UpstreamFailure) || error.code === 'unreachable') throw error;
    if (error.code === 'connection') await lookAgain(discovery, used, signal);
    throw new Unconfirmed(asPlatformProblem(error));
  }
  const { status } = answer;
  if (status === 502) await lookAgain(discovery, used, signal);
  if (status === 403 || status === 404 || status === 410) {
    // What discovery finds may say why.
    const renewed = await discovery.renew(used, signal);
    if (renewed && !renewed.adhocMeetings) throw new TrustedApplicationFailure('meetings-not-granted');
  }
  try {
    return readMeeting(answer, meetingHosts);
  } catch (error) {
    const saysNo = status >= 400 && status < 500 && status !== 408;
    throw saysNo ? error : new Unconfirmed(asPlatformProblem(error));
  }
}

/** There may be a meeting now, which the caller has to know: whatever discovery finds must not take its place. */
async function lookAgain(discovery: Discovery, used: Discovered, signal: AbortSignal): Promise<void> {
  await discovery.renew(used, signal).catch(() => undefined);
}

const sentFields = [
  'subject',
  'description',
  'accessLevel',
  'automaticLeaderAssignment',
  'entryExitAnnouncement',
  'lobbyBypassForPhoneUsers',
  'phoneUserAdmission',
  'attendees',
  'leaders',
  'expirationTime',
] satisfies (keyof MeetingRequest)[];

/**
 * The access level always, as the SDK sends it, and the rest only when given. (The captured request also had `attendees`
 * and `leaders` empty, which says no more than their absence.)
 */
function bodyOf(meeting: MeetingRequest): string {
  const { accessLevel = 'Everyone', expirationTime } = meeting;
  // Dates follow the media type, and in application/json the platform itself writes them so
  // (docs/protocol/trusted-application-api.md §1.3).
  const date = expirationTime && `/Date(${expirationTime.getTime()})/`;
  return JSON.stringify({ ...meeting, accessLevel, expirationTime: date }, sentFields);
}

function readMeeting(answer: UpstreamAnswer, meetingHosts: readonly HostRule[]): Meeting {
  const { status, body } = answer;
  refuseFailedAnswer(answer);
  if (status === 403) throw new TrustedApplicationFailure('not-registered');
  // The application is elsewhere, which is not the caller's fault; the next request knows where.
  if (status === 404 || status === 410) throw new AnswerFailure('unavailable');
  if (status === 409 && subcodeOf(body) === 'TooManyOnlineMeetings')
    throw new TrustedApplicationFailure('too-many-meetings');
  if (status >= 400) throw new TrustedApplicationFailure('options-rejected');
  const made = parseMeetingAnswer(body);
  // Handed out verbatim, and it has to be one that tokens can be asked for.
  if (!made || !parseAllowedUrl(made.meetingUrl, meetingHosts)) throw new AnswerFailure('unusable');
  return made;
}
