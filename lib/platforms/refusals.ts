import { retryAfterSeconds } from '../net/retryAfter.ts';
import { UpstreamFailure, type UpstreamAnswer } from '../net/transport.ts';
import { Problem } from '../problem.ts';

/** What every platform's wing says of a server that does not answer, or not usably; each adds what is its own. */

const sendAgain = 'Send the same request again.';

/** 503: the request can be sent again. */
export function platformUnavailable(retryAfterSeconds = 5, cause?: unknown): Problem {
  return new Problem('platform-unavailable', sendAgain, { retryAfterSeconds, cause });
}

/** 504: the request can be sent again. */
export function platformTimeout(cause?: unknown): Problem {
  return new Problem('platform-timeout', sendAgain, { cause });
}

/** 429: the platform's own. */
export function tooManyRequests(retryAfterSeconds = 10, cause?: unknown): Problem {
  return new Problem('too-many-requests', 'Wait as long as Retry-After says, then send the same request again.', {
    retryAfterSeconds,
    cause,
  });
}

/** 502: an answer that does not say what the protocol promises, or points outside the platform's hosts. */
export function unusableAnswer(cause?: unknown): Problem {
  return new Problem('platform-refused', 'Try again; if it stays, report it to the administrator of the platform.', {
    reason: 'answer-unusable',
    cause,
  });
}

/** Throws what an answer means by which a server says no more than that it cannot serve now; every other one passes. */
export function refuseOutage(answer: UpstreamAnswer): void {
  const { status } = answer;
  if (status === 429) throw tooManyRequests(retryAfterSeconds(answer));
  if (status === 408 || status === 504) throw platformTimeout();
  if (status >= 500) throw platformUnavailable(retryAfterSeconds(answer));
}

/** What no usable HTTP answer at all means. */
export function unanswered(failure: UpstreamFailure): Problem {
  if (failure.code === 'too-large') return unusableAnswer(failure);
  if (failure.code === 'timeout' || failure.code === 'cancelled') return platformTimeout(failure);
  return platformUnavailable(undefined, failure);
}
