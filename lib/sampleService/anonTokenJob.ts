import type { IssueRequest } from '../guests/guests.ts';
import type { Admitted } from '../guests/tokens.ts';
import { Problem } from '../problem.ts';
import { frameworkError, ownText, type Job, type JobAnswer, type JobResult } from './jobEndpoint.ts';
import type { JobInput } from './jobInput.ts';
import { originsOfPages } from './pageOrigins.ts';

const longestMeetingUrl = 1_024;
// Any version, in any letter case; all zeros is the UUID that stands for none.
const uuid = /^(?![0-]+$)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The sample service's endpoint for tokens, with the errors of docs/protocol/trusted-application-api.md §5.2. */
export const anonTokenJob: Job = {
  name: 'GetAnonTokenJob',
  refusal(problem) {
    switch (problem.code) {
      case 'invalid-request':
        // Without a body the original fell over before it looked for anything.
        return problem.errors
          ? ownError(400, 'No or invalid callback context specified!')
          : frameworkError(500, 'An error has occurred.');
      case 'origin-not-allowed':
        return ownError(400, 'Invalid AllowedOrigins');
      case 'session-bound-to-another-meeting':
        return ownError(409, 'The ApplicationSessionId belongs to another meeting');
      case 'guest-removed':
        return ownError(410, 'The guest of this ApplicationSessionId was removed');
      case 'storage-unavailable':
      case 'configuration-invalid':
      case 'internal':
        // Spelt as in the original.
        return ownError(500, 'Hit excetpion when running the job.');
      default:
        return ownError(500, 'Get nullable token');
    }
  },
  async run(input, { issue, sampleService }, signal) {
    const { allowedOrigins, tenantEndpointId } = sampleService();
    const issued = await issue(guestOf(input, allowedOrigins), signal);
    return anonTokenResult(issued, tenantEndpointId(issued.row.platform));
  },
};

function ownError(status: number, message: string): JobAnswer {
  return ownText(status, JSON.stringify({ Error: message }));
}

/**
 * The guest that a client asks a token for, looked at in the original's order. Only a UUID names one guest: the sample for
 * iOS sends one constant for all its customers, and with that two of them would be one participant. They are new each time.
 */
function guestOf(input: JobInput, configuredOrigins: readonly string[]): IssueRequest {
  const { ApplicationSessionId: sessionId, AllowedOrigins: pages, MeetingUrl: meetingUrl } = input;
  if (!sessionId) {
    const errors = [{ pointer: '/ApplicationSessionId', detail: 'is missing' }];
    throw new Problem('invalid-request', 'Send an ApplicationSessionId.', { errors });
  }
  const allowedOrigins = originsOfPages(pages ?? '', configuredOrigins);
  if (!meetingUrl || meetingUrl.length > longestMeetingUrl) {
    throw new Problem('meeting-url-not-supported', 'Send the join URL of a meeting.');
  }
  return { meetingUrl, allowedOrigins, ...(uuid.test(sessionId) && { applicationSessionId: sessionId }) };
}

/** A token as the clients read it. @param tenantEndpointId of the Trusted Application platform; other platforms have none. */
function anonTokenResult({ join }: Admitted, tenantEndpointId: string | undefined): JobResult {
  return {
    DiscoverUri: join.discoverUrl ?? '',
    Token: join.token,
    TenantEndpointId: tenantEndpointId ?? '',
    ExpireTime: join.expiryTime.toISOString(),
  };
}
