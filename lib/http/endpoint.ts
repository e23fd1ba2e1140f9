import type { HttpFunctionOptions, HttpRequest, HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import type { Problem } from '../problem.ts';
import { readRegistrationSettings, theSettings } from '../settings.ts';
import { functionKeyHolder, type Caller } from '../callers.ts';
import type { Trace } from '../telemetry.ts';
import { callerOf } from './callers.ts';
import type { EndpointDefinition } from '../contract/endpoints.ts';
import { everyAnswer, headersOfRefusal, loggedHandler, requestTimeoutMs } from './loggedHandler.ts';
import { problemBody } from './problemAnswer.ts';
import { readBody, readHeaders, validate } from './requestBody.ts';

type Input<S> = S extends z.ZodObject ? z.output<S> : undefined;

/** What a use case gets of a request, validated, and how long it may take. */
export interface EndpointRequest<D extends EndpointDefinition> {
  readonly body: Input<D['body']>;
  readonly params: Input<D['params']>;
  readonly headers: Input<D['headers']>;
  readonly caller: Caller;
  /** Aborts when the request's 15 s are up. */
  readonly signal: AbortSignal;
}

type BodyOf<D extends EndpointDefinition> = D['answers'][keyof D['answers']] extends {
  schema: infer S extends z.ZodObject;
}
  ? z.input<S>
  : unknown;

/** What a use case answers; the status is one of the endpoint's. */
export interface EndpointAnswer<D extends EndpointDefinition> {
  readonly status: number;
  readonly body: BodyOf<D>;
  /** A path or a URL, for `Location`. */
  readonly location?: string;
}

export type UseCase<D extends EndpointDefinition> = (request: EndpointRequest<D>) => Promise<EndpointAnswer<D>>;

/** An endpoint as a function: validation, time limit, problems, headers and the log line; the use case does the rest. */
export function endpoint<D extends EndpointDefinition>(endpoint: D, useCase: UseCase<D>): HttpFunctionOptions {
  // Function keys are checked by the host; with Entra it lets everybody through, and the caller is read here.
  const checksCaller = endpoint.auth === 'caller' && readRegistrationSettings(process.env).callerAuth === 'entra';
  const answer = async (request: HttpRequest, trace: Trace): Promise<HttpResponseInit> => {
    const caller: Caller = checksCaller
      ? { kind: 'application', appId: callerOf(request, theSettings().callerAuth) }
      : functionKeyHolder;
    if (caller.kind === 'application') trace.caller = caller.appId;
    const params = endpoint.params && validate(request.params, endpoint.params);
    if (typeof params?.['guestId'] === 'string') trace.guestId = params['guestId'];
    const headers = endpoint.headers && readHeaders(request, endpoint.headers);
    const body = endpoint.body && (await readBody(request, endpoint.body));
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const result = await useCase({ body, params, headers, caller, signal } as EndpointRequest<D>);
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
    methods: [endpoint.method],
    authLevel: endpoint.auth === 'anonymous' || checksCaller ? 'anonymous' : 'function',
    route: endpoint.route,
    handler: loggedHandler({ endpoint: endpoint.operationId, answer, refuse: problemResponse }),
  };
}

function problemResponse(problem: Problem, invocationId: string): HttpResponseInit {
  return {
    status: problem.status,
    headers: { ...headersOfRefusal(problem), 'Content-Type': 'application/problem+json; charset=utf-8' },
    body: JSON.stringify(problemBody(problem, invocationId)),
  };
}
