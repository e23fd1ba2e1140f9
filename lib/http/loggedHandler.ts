import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { asProblem, type Problem } from '../problem.ts';
import { summarize, traced, type Trace } from '../telemetry.ts';

/** How an endpoint answers, and how it words what was thrown on the way. */
export interface Handling {
  /** Names the endpoint in the log. */
  readonly endpoint: string;
  readonly answer: (request: HttpRequest, trace: Trace) => Promise<HttpResponseInit>;
  readonly refuse: (problem: Problem, invocationId: string) => HttpResponseInit;
}

/** How long a request may take. */
export const requestTimeoutMs = 15_000;

/** What every answer of ours carries, errors included. */
export const everyAnswer = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** What every error carries; it says when to come back, and how to prove oneself, where that is known. */
export function headersOfRefusal({ code, retryAfterSeconds }: Problem): Record<string, string> {
  return {
    ...everyAnswer,
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    // Every 401 names its scheme (RFC 9110 §15.5.2).
    ...(code === 'caller-unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
  };
}

/** A handler that answers whatever happens, and writes one line about it. */
export function loggedHandler({ endpoint, answer, refuse }: Handling): HttpHandler {
  return async (request, context) => {
    const trace: Trace = { correlationId: correlationOf(request, context), steps: {} };
    const startedAt = performance.now();
    let problem: Problem | undefined;
    const response = await traced(trace, () => answer(request, trace)).catch((error: unknown) => {
      problem = asProblem(error);
      return refuse(problem, context.invocationId);
    });
    logRequest(context, {
      endpoint,
      trace,
      status: response.status,
      problem,
      elapsedMs: performance.now() - startedAt,
    });
    return response;
  };
}

/** The trace id of the caller's `traceparent` (W3C Trace Context), else the invocation's id. */
function correlationOf(request: HttpRequest, context: InvocationContext): string {
  const [, traceId] = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-/.exec(request.headers.get('traceparent') ?? '') ?? [];
  return traceId ?? context.invocationId;
}

interface RequestRecord {
  endpoint: string;
  trace: Trace;
  status: number | undefined;
  problem: Problem | undefined;
  elapsedMs: number;
}

/** One line a request, from a fixed list of fields; never from an error object. */
function logRequest(context: InvocationContext, { endpoint, trace, status, problem, elapsedMs }: RequestRecord): void {
  const line = JSON.stringify({
    endpoint,
    status,
    ...(problem && { code: problem.code, reason: problem.reason }),
    platform: trace.platform,
    guestId: trace.guestId,
    caller: trace.caller,
    correlationId: trace.correlationId,
    elapsedMs: Math.round(elapsedMs),
    steps: trace.steps,
    ...(problem?.cause !== undefined && { causes: summarize(problem.cause) }),
    // Names of settings, which the administrator needs and which are no secret.
    ...(problem?.code === 'configuration-invalid' && { detail: problem.message }),
  });
  if (problem && problem.status >= 500) context.error(line);
  else context.info(line);
}
