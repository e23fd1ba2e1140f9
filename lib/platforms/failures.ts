import { retryAfterSeconds } from '../net/retryAfter.ts';
import { UpstreamFailure, type UpstreamAnswer } from '../net/transport.ts';
import { asProblem, Problem } from '../problem.ts';

/** `unavailable`: a 5xx; `timeout`: a 408 or 504; `unusable`: not what the protocol promises, or a URL outside the hosts. */
type AnswerFailureCode = 'too-many-requests' | 'timeout' | 'unavailable' | 'unusable';

/** An answer that no platform's protocol gives another meaning to. */
export class AnswerFailure extends Error {
  override readonly name = 'AnswerFailure';
  readonly code: AnswerFailureCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: AnswerFailureCode, waitSeconds?: number) {
    super(`answer: ${code}`);
    this.code = code;
    this.retryAfterSeconds = waitSeconds;
  }
}

/** Throws for an answer by which a server says no more than that it cannot serve now; every other one passes. */
export function refuseOutage(answer: UpstreamAnswer): void {
  const { status } = answer;
  if (status === 429) throw new AnswerFailure('too-many-requests', retryAfterSeconds(answer));
  if (status === 408 || status === 504) throw new AnswerFailure('timeout');
  if (status >= 500) throw new AnswerFailure('unavailable', retryAfterSeconds(answer));
}

/** What a failure means that all platforms share. What is not known here is `internal`, and no outage to be retried. */
export function asSharedProblem(failure: unknown): Problem {
  if (failure instanceof UpstreamFailure) {
    if (failure.code === 'too-large') return unusableAnswer(failure);
    if (failure.code === 'timeout' || failure.code === 'cancelled') return platformTimeout(failure);
    return platformUnavailable(undefined, failure);
  }
  if (!(failure instanceof AnswerFailure)) return asProblem(failure);
  switch (failure.code) {
    case 'too-many-requests':
      return tooManyRequests(failure.retryAfterSeconds, failure);
    case 'timeout':
      return platformTimeout(failure);
    case 'unavailable':
      return platformUnavailable(failure.retryAfterSeconds, failure);
    case 'unusable':
      return unusableAnswer(failure);
  }
}

const sendAgain = 'Send the same request again.';

/** 503: the request can be sent again. */
export function platformUnavailable(waitSeconds = 5, cause?: unknown): Problem {
  return new Problem('platform-unavailable', sendAgain, { retryAfterSeconds: waitSeconds, cause });
}

/** 504: the request can be sent again. */
function platformTimeout(cause?: unknown): Problem {
  return new Problem('platform-timeout', sendAgain, { cause });
}

/** 429: the platform's own. */
export function tooManyRequests(waitSeconds = 10, cause?: unknown): Problem {
  return new Problem('too-many-requests', 'Wait as long as Retry-After says, then send the same request again.', {
    retryAfterSeconds: waitSeconds,
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
