import type { Meeting, MeetingRequest } from '../platforms/platform.ts';
import { ownText, type Job, type JobResult } from './jobEndpoint.ts';
import type { JobInput } from './jobInput.ts';

/** The sample service's endpoint for meetings, with the errors of docs/protocol/trusted-application-api.md §5.3. */
export const adhocMeetingJob: Job = {
  name: 'GetAdhocMeetingJob',
  refusal: ({ code }) =>
    code === 'invalid-request'
      ? ownText(400, 'Invalid job input or job type')
      : ownText(500, 'Unable to start a job run'),
  run: async (input, { createMeeting }, signal) =>
    adhocMeetingResult(await createMeeting(meetingOf(input), undefined, signal)),
};

/** The meeting that a client asks for. Of all that it may send, the original never used more. */
function meetingOf({ Subject: subject, Description: description }: JobInput): MeetingRequest {
  return { subject, description };
}

/** A meeting as all ages of clients read it: later versions of the original left three of the five out. */
function adhocMeetingResult(meeting: Meeting): JobResult {
  return {
    OnlineMeetingUri: meeting.onlineMeetingUri ?? '',
    JoinUrl: meeting.meetingUrl,
    // The platform has one for members of the organisation only; a guest gets theirs with the token.
    DiscoverUri: '',
    OrganizerUri: meeting.organizerUri ?? '',
    ExpireTime: meeting.expiryTime.toISOString(),
  };
}
