import type { HttpFunctionOptions, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type * as z from 'zod';
import { asProblem, type Problem } from '../problem.ts';
import { readDoorSettings, theSettings } from '../settings.ts';
import type { CallerId } from '../settings/callers.ts';
import { summarize, traced, type Trace } from '../telemetry.ts';
import { callerOf } from './callers.ts';
import type { Door } from './doors.ts';
import { problemBody } from './problemAnswer.ts';
import { readBody, readHeaders, validate } from './requestBody.ts';

type Input<S> = S extends z.ZodObject ? z.output<S> : undefined;

/** What a use case gets of a request, validated, and how long it may take. */
export interface DoorRequest<D extends Door> {
  readonly body: Input<D['body']>;
  readonly params: Input<D['params']>;
  readonly headers: Input<D['headers']>;
  readonly caller: CallerId;
  /** Aborts when the request's 15 s are up. */
  readonly signal: AbortSignal;
}

type BodyOf<D extends Door> = D['answers'][keyof D['answers']] extends { schema: infer S extends z.ZodObject }
  ? z.input<S>
  : unknown;

/** What a use case answers; the status is one of the door's. */
export interface DoorAnswer<D extends Door> {
  readonly status: number;
  readonly body: BodyOf<D>;
  /** A path or a URL, for `Location`. */
  readonly location?: string;
}

export type UseCase<D extends Door> = (request: DoorRequest<D>) => Promise<DoorAnswer<D>>;

const requestTimeoutMs = 15_000;
const everyAnswer = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** A door as a function: validation, time limit, problems, headers and the log line; the use case does the rest. */
export function endpoint<D extends Door>(door: D, useCase: UseCase<D>): HttpFunctionOptions {
  // Function keys are checked by the host; with Entra it lets everybody through, and the caller is read here.
  const checksCaller = door.auth === 'caller' && readDoorSettings(process.env).callerAuth === 'entra';
  const answer = async (request: HttpRequest, trace: Trace): Promise<HttpResponseInit> => {
    const caller = checksCaller ? callerOf(request, theSettings().callerAuth) : '';
    if (caller) trace.caller = caller;
    const params = door.params && validate(request.params, door.params);
    if (typeof params?.['guestId'] === 'string') trace.guestId = params['guestId'];
    const headers = door.headers && readHeaders(request, door.headers);
    const body = door.body && (await readBody(request, door.body));
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const result = await useCase({ body, params, headers, caller, signal } as DoorRequest<D>);
    return {
      status: result.status,
      headers: {
        ...everyAnswer,
        'Content-Type': 'application/json; charset=utf-8',
        ...(result.location && { Location: result.location }),
      },
      body: JSON.stringify(result.body),
    };
  };

  return {
    methods: [door.method],
    authLevel: door.auth === 'anonymous' || checksCaller ? 'anonymous' : 'function',
    route: door.route,
    handler: async (request, context) => {
      const trace: Trace = { correlationId: correlationOf(request, context), steps: {} };
      const startedAt = performance.now();
      let problem: Problem | undefined;
      const response = await traced(trace, () => answer(request, trace)).catch((error: unknown) => {
        problem = asProblem(error);
        return problemResponse(problem, context.invocationId);
      });
      logRequest(context, { door, trace, status: response.status, problem, elapsedMs: performance.now() - startedAt });
      return response;
    },
  };
}

function problemResponse(problem: Problem, invocationId: string): HttpResponseInit {
  return {
    status: problem.status,
    headers: {
      ...everyAnswer,
      'Content-Type': 'application/problem+json; charset=utf-8',
      ...(problem.retryAfterSeconds !== undefined && { 'Retry-After': String(problem.retryAfterSeconds) }),
    },
    body: JSON.stringify(problemBody(problem, invocationId)),
  };
}

/** The trace id of the caller's `traceparent` (W3C Trace Context), else the invocation's id. */
function correlationOf(request: HttpRequest, context: InvocationContext): string {
  const [, traceId] = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-/.exec(request.headers.get('traceparent') ?? '') ?? [];
  return traceId ?? context.invocationId;
}

interface RequestRecord {
  door: Door;
  trace: Trace;
  status: number | undefined;
  problem: Problem | undefined;
  elapsedMs: number;
}

/** One line a request, from a fixed list of fields; never from an error object. */
function logRequest(context: InvocationContext, { door, trace, status, problem, elapsedMs }: RequestRecord): void {
  const line = JSON.stringify({
    door: door.operationId,
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
