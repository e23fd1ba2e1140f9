import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Caller } from '../callers.ts';
import { asProblem, type Problem } from '../problem.ts';
import type { CallerAuth } from '../settings/callers.ts';
import { summarize, traced, type Trace } from '../telemetry.ts';
import type { UseCases } from './useCases.ts';

/** An HTTP endpoint: what the host registers, and the steps of a request, which {@link handlerOf} runs in one order for all. */
export interface HttpEndpoint<Input, Answer> {
  /** Names the endpoint in the log. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the route prefix `/api`. */
  readonly route: string;
  /**
   * `caller`: needs a function key or an application's token, as `CALLER_AUTH` says; `sample-service`: needs a function key
   * or nothing, as `SAMPLE_SERVICE_ENDPOINTS` says.
   */
  readonly auth: 'caller' | 'anonymous' | 'sample-service';
  /** Who calls. Throws `caller-unauthenticated` or `caller-not-allowed`. */
  readonly authenticate: (request: HttpRequest, callerAuth: () => CallerAuth) => Caller;
  /** Reads the request. Throws `invalid-request`, `unsupported-media-type` or `payload-too-large`. */
  readonly validate: (request: HttpRequest) => Promise<Input>;
  readonly handle: (request: AcceptedRequest<Input>, useCases: UseCases) => Promise<Answer>;
  readonly respond: (answer: Answer) => HttpResponseInit;
  /** The response that says what went wrong. @param invocationId finds the request in the log */
  readonly refuse: (problem: Problem, invocationId: string) => HttpResponseInit;
}

/** A request that passed the steps before its handler. */
interface AcceptedRequest<Input> {
  readonly input: Input;
  readonly caller: Caller;
  /** Aborts when the request's 15 s are up. */
  readonly signal: AbortSignal;
}

export type HttpHandler = (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>;

const requestTimeoutMs = 15_000;

/** The pipeline of every HTTP function: log → authenticate → validate → handle → respond or refuse. It always answers. */
export function handlerOf<Input, Answer>(
  endpoint: HttpEndpoint<Input, Answer>,
  useCases: UseCases,
  callerAuth: () => CallerAuth,
): HttpHandler {
  const { authenticate, validate, handle, respond, refuse } = endpoint;
  const answer = async (request: HttpRequest, trace: Trace): Promise<HttpResponseInit> => {
    const caller = authenticate(request, callerAuth);
    if (caller.kind === 'application') trace.caller = caller.appId;
    const input = await validate(request);
    return respond(await handle({ input, caller, signal: AbortSignal.timeout(requestTimeoutMs) }, useCases));
  };

  return async (request, context) => {
    const trace: Trace = { correlationId: correlationOf(request, context), steps: {} };
    const startedAt = performance.now();
    let problem: Problem | undefined;
    const response = await traced(trace, () => answer(request, trace)).catch((error: unknown) => {
      problem = asProblem(error);
      return refuse(problem, context.invocationId);
    });
    const elapsedMs = performance.now() - startedAt;
    logRequest(context, { endpoint: endpoint.name, trace, status: response.status, problem, elapsedMs });
    return response;
  };
}

/** The trace id of the caller's `traceparent` (W3C Trace Context), else the invocation's id. */
function correlationOf(request: HttpRequest, context: InvocationContext): string {
  const [, traceId] = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-/.exec(request.headers.get('traceparent') ?? '') ?? [];
  return traceId ?? context.invocationId;
}

interface RequestRecord {
  readonly endpoint: string;
  readonly trace: Trace;
  readonly status: number | undefined;
  readonly problem: Problem | undefined;
  readonly elapsedMs: number;
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
