import { UpstreamFailure, type UpstreamAnswer } from '../../net/transport.ts';
import { asProblem, Problem } from '../../problem.ts';
import { refuseOutage, unanswered, unusableAnswer } from '../refusals.ts';

/** Throws what a failed answer means, whichever resource gave it; statuses that depend on the resource pass. */
export function refuseFailedAnswer(answer: UpstreamAnswer): void {
  const { status } = answer;
  if (status === 401) {
    throw new Problem(
      'platform-refused',
      "Ask the administrator to check the application's registration and its audience setting.",
      { reason: 'credentials-rejected' },
    );
  }
  refuseOutage(answer);
  if (status >= 300 && status < 400) throw unusableAnswer();
}

/** Whatever went wrong on the way to the platform, as a problem. */
export function asPlatformProblem(failure: unknown): Problem {
  return failure instanceof UpstreamFailure ? unanswered(failure) : asProblem(failure);
}

/** 502: the application, its endpoint or the tenant's consent is not known to the platform. */
export function notRegistered(): Problem {
  return new Problem(
    'platform-refused',
    'Ask the administrator to register the application endpoint and to grant tenant consent.',
    { reason: 'not-registered-or-consented' },
  );
}

/** 502: the platform does not give tokens for this meeting. */
export function meetingRejected(): Problem {
  return new Problem('platform-refused', 'Check the meeting URL, and that the meeting belongs to this tenant.', {
    reason: 'meeting-rejected',
  });
}

/** 501: the application resource has no link for anonymous tokens: the permission was not granted (§1.8). */
export function capabilityMissing(): Problem {
  return new Problem(
    'capability-missing',
    'Ask the administrator to grant the application the permission for guest user join services.',
  );
}

/** 501: the application resource embeds no ad-hoc meetings: the permission was not granted (§1.8). */
export function meetingsNotGranted(): Problem {
  return new Problem(
    'capability-missing',
    'Ask the administrator to grant the application the permission "Create on-demand Skype meetings".',
  );
}

/** 502: the platform does not create a meeting with these options. */
export function optionsRejected(): Problem {
  return new Problem(
    'platform-refused',
    "Check the meeting's options: attendees and leaders have to be members of the organisation.",
    { reason: 'meeting-rejected' },
  );
}

/** 502: the platform creates no more meetings for this application at present (§7.2). */
export function tooManyMeetings(): Problem {
  return new Problem(
    'platform-refused',
    'There are too many meetings already. Create this one when others have expired.',
    { reason: 'meeting-rejected' },
  );
}
