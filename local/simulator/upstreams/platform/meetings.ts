import { randomBytes, randomInt } from 'node:crypto';
import { remember } from '../../calls.ts';
import { platformHosts } from '../../hostNames.ts';
import type { Answer, Request } from '../../http/exchange.ts';
import type { CreatedMeeting, MeetingOptions, PlatformState } from './behaviour.ts';
import { mediaType, renderDate } from './dialect.ts';
import { readMeetingRequest } from './requestBodies.ts';
import { platformError, resourceAnswer } from './platformAnswers.ts';
import { joinMeetingUrl, meetingSelf, redirectLocation } from './resources.ts';

/**
 * Answers the request for an ad-hoc meeting (E5, trusted-application-api.md §7) that is known to come from the
 * application. @param now epoch ms
 */
export function createMeeting(request: Request, platform: PlatformState, now: number): Answer {
  if (platform.missingLinks.includes('adhocMeetings')) {
    return platformError(request, 403, { message: 'The application may not create meetings.' }, platform);
  }
  const read = readMeetingRequest(request, platform, now);
  if ('refusal' in read) return read.refusal;
  const location = redirectLocation(request, platform.redirect);
  if (location !== undefined) return { status: 307, headers: { Location: location }, body: '' };
  const open = platform.meetings.filter(({ expiresAt }) => expiresAt > now);
  if (open.length >= (platform.meetingLimit ?? Infinity)) {
    const detail = { subcode: 'TooManyOnlineMeetings', message: 'There are too many meetings.' };
    return platformError(request, 409, detail, platform);
  }

  const meeting = makeMeeting(read.options, read.expiresAt, now);
  remember(platform.meetings, meeting);
  return meetingAnswer(request, meeting, platform);
}

// The account on the home pool in whose name meetings are made: nobody of the tenant (trusted-application-api.md
// trusted-application-api.md §7.2).
const organizer = 'DM20R02meet1013';

function makeMeeting(options: MeetingOptions, expiresAt: number, now: number): CreatedMeeting {
  const conferenceId = randomConferenceId();
  const organizerUri = `sip:${organizer}@noammeetings.lync.example`;
  return {
    ...options,
    // Another letter case than the SIP URIs, as captured (trusted-application-api.md §2, "Observation").
    joinUrl: `https://meet.resources.lync.example/NOAMmeetings/${organizer.toLowerCase()}/${conferenceId}`,
    conferenceId,
    organizerUri,
    onlineMeetingUri: `${organizerUri};gruu;opaque=app:conf:focus:id:${conferenceId}`,
    expiresAt,
    at: now,
  };
}

function meetingAnswer(request: Request, meeting: CreatedMeeting, platform: PlatformState): Answer {
  const { joinUrl, conferenceId, organizerUri, onlineMeetingUri, attendees, leaders, expiresAt, at, ...options } =
    meeting;
  const etag = String(randomInt(2 ** 31));
  const answer = resourceAnswer(
    request,
    {
      rel: 'adhocMeeting',
      links: {
        self: meetingSelf(conferenceId, organizerUri, platform),
        discover: `https://${platformHosts.guestDiscover}/platformService/discover?discoverContext=${opaqueContext()}`,
        joinAdhocMeeting: joinMeetingUrl(onlineMeetingUri, platform),
        applications: `https://${platformHosts.homePool}/ucwa/v1/applications`,
      },
      bare: ['applications'],
      properties: {
        ...options,
        // Absent when empty, as captured.
        ...(attendees.length > 0 && { attendees }),
        ...(leaders.length > 0 && { leaders }),
        expirationTime: renderDate(expiresAt, platform.dateForm, mediaType(request)),
        onlineMeetingId: conferenceId,
        conferenceId,
        onlineMeetingUri,
        organizerUri,
        joinUrl,
        etag,
      },
    },
    platform,
    platform.meetingStatus,
  );
  return { ...answer, headers: { ...answer.headers, ETag: `"${etag}"` } };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function randomConferenceId(): string {
  return Array.from({ length: 8 }, () => letters.charAt(randomInt(letters.length))).join('');
}

/**
 * Three parts in base64 with a dot behind each, percent-encoded once with lower-case digits (trusted-application-api.md
 * trusted-application-api.md §2).
 */
function opaqueContext(): string {
  const parts = [256, 16, 48].map((bytes) => `${randomBytes(bytes).toString('base64')}.`).join('');
  return encodeURIComponent(parts).replace(/%../g, (digits) => digits.toLowerCase());
}
