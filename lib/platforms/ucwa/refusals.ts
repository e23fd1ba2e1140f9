import { Problem, type RefusalReason } from '../../problem.ts';
import { asSharedProblem, platformUnavailable, tooManyRequests, unusableAnswer } from '../failures.ts';
import { DiscoveryFailure } from './autodiscovery.ts';
import { MeetingPageFailure } from './meetingPage.ts';
import { ChallengeFailure } from './tokenEndpoint.ts';
import { TicketFailure } from './ticketFailure.ts';

/** Whatever went wrong on the way to a ticket, as a problem (docs/protocol/ucwa.md §2.4, §7). */
export function asUcwaProblem(failure: unknown): Problem {
  if (failure instanceof DiscoveryFailure) return ofDiscovery(failure);
  if (failure instanceof ChallengeFailure) return ofChallenge(failure);
  if (failure instanceof TicketFailure) return ofTicket(failure);
  if (failure instanceof MeetingPageFailure) {
    return refused(
      'answer-unusable',
      'Check the meeting URL; if it is right, report the meeting page to the administrator.',
      failure,
    );
  }
  return asSharedProblem(failure);
}

function ofDiscovery(failure: DiscoveryFailure): Problem {
  switch (failure.code) {
    case 'all-tiers-failed':
    case 'no-pool':
    case 'user-unavailable':
      return platformUnavailable(undefined, failure);
    case 'no-applications':
      return unusableAnswer(failure);
    case 'homed-online':
      return homedOnline(failure);
    case 'redirect-blocked':
      return refused(
        'answer-unusable',
        'Autodiscovery leads to a host that is not trusted. Ask the administrator to try it with `npm run ucwa -- discover`.',
        failure,
      );
    case 'endless':
      return refused(
        'answer-unusable',
        'Autodiscovery goes round in a circle; report it to the administrator.',
        failure,
      );
  }
}

function ofChallenge(failure: ChallengeFailure): Problem {
  if (failure.code === 'homed-online') return homedOnline(failure);
  if (failure.code === 'grant-not-offered') return anonymousJoinOff(failure);
  return unusableAnswer(failure);
}

function ofTicket(failure: TicketFailure): Problem {
  switch (failure.code) {
    case 'invalid_grant':
    case 'invalid_request':
      return refused(
        'meeting-rejected',
        'Check the meeting URL: the meeting is not known, or its key has changed.',
        failure,
      );
    case 'unsupported_grant_type':
      return anonymousJoinOff(failure);
    case 'invalid_scope':
      return unusableAnswer(failure);
    case 'server_error':
      return platformUnavailable(undefined, failure);
    case 'credentials_missing':
      return refused('credentials-rejected', 'The account needs a user name and a password.', failure);
    case 'interaction_required':
      return refused(
        'credentials-rejected',
        'The server wants somebody to sign in at a browser, which a service cannot.',
        failure,
      );
    case 'integrated_windows':
      return refused(
        'credentials-rejected',
        'The server wants integrated Windows sign-in, which an unattended service cannot do.',
        failure,
      );
    case 'refused':
    case 'unusable':
      if (failure.status === 429) return tooManyRequests(failure.retryAfterSeconds, failure);
      if (failure.status >= 500) return platformUnavailable(failure.retryAfterSeconds, failure);
      return unusableAnswer(failure);
  }
}

function refused(reason: RefusalReason, detail: string, cause: Error): Problem {
  return new Problem('platform-refused', detail, { reason, cause });
}

function homedOnline(cause: Error): Problem {
  return refused(
    'organizer-homed-online',
    'The organizer is homed in the cloud, where this meeting platform ends.',
    cause,
  );
}

function anonymousJoinOff(cause: Error): Problem {
  return new Problem('capability-missing', 'Ask the administrator to allow anonymous join on the meeting servers.', {
    cause,
  });
}
