import { isProblem } from './endpoint.ts';
import { AnonymousJoinProblem, type ProblemCode } from './problem.ts';
import { dateOf, retryAfterSeconds } from './headers.ts';

/** What is meant where an answer has no problem in its body: by the Functions host, or by something before it. */
const meanings: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  401: ['caller-unauthenticated', 'Check the function key or the token: the service does not take it.'],
  403: ['caller-not-allowed', 'Ask the administrator of the service to let this caller in.'],
  404: ['endpoint-not-found', 'Check the base URL: nothing is there that answers this request.'],
  413: ['payload-too-large', 'Send less: the service takes 16 KiB.'],
  429: ['too-many-requests', 'Wait as long as Retry-After says, then send the same request again.'],
  500: ['internal', 'Try again; if it stays, tell the administrator of the service.'],
  502: ['unreachable', 'Send the same request again in a while: the service was not there.'],
  503: ['unreachable', 'Send the same request again in a while: the service was not there.'],
  504: ['unreachable', 'Send the same request again in a while: the service did not answer in time.'],
};

/** An answer that is none of the endpoint's, as a problem. @param body parsed, undefined if it was not JSON; @param now of the server */
export function failureOf({ status, headers }: Response, body: unknown, now: number): AnonymousJoinProblem {
  const retryAfter = retryAfterSeconds(headers, dateOf(headers) ?? now);
  if (isProblem(body)) {
    const { code, detail, ...rest } = body;
    return new AnonymousJoinProblem(code, detail, { ...rest, status, retryAfterSeconds: retryAfter });
  }
  const [code, detail] = meanings[status] ?? [
    'unexpected-answer',
    'Check the base URL: what answered does not keep to the definition of the service.',
  ];
  return new AnonymousJoinProblem(code, detail, { status, retryAfterSeconds: retryAfter });
}

/** No answer, or only a part of one. */
export function unreachable(cause?: unknown): AnonymousJoinProblem {
  return new AnonymousJoinProblem('unreachable', 'Check the connection, then send the same request again.', { cause });
}
