import type { components } from './definition/api.ts';
import { endpoints } from './definition/endpoints.ts';
import { shapes } from './definition/shapes.ts';
import { retryAfterSeconds } from './http.ts';
import { AnonymousJoinProblem, type ProblemCode } from './problem.ts';
import { hasShape } from './shape.ts';

type Schemas = components['schemas'];
type Endpoints = typeof endpoints;

/** An operation id of the definition. */
export type EndpointName = keyof Endpoints;

/** The request body of an endpoint. */
export type BodyOf<E extends EndpointName> = Endpoints[E] extends { body: infer B extends keyof Schemas }
  ? Schemas[B]
  : undefined;

/** The body of an endpoint's answer. */
export type AnswerOf<E extends EndpointName> = Schemas[Extract<
  Endpoints[E]['answers'][keyof Endpoints[E]['answers']],
  keyof Schemas
>];

/** Whether a body is what the endpoint answers with this status. */
export function isAnswer<E extends EndpointName>(endpoint: E, status: number, body: unknown): body is AnswerOf<E> {
  const answers: Readonly<Record<number, keyof typeof shapes>> = endpoints[endpoint].answers;
  const name = answers[status];
  return name !== undefined && hasShape(body, shapes[name]);
}

/** The problem of an answer that is none of the endpoint's. @param body parsed, undefined if it was not JSON; @param now of the server */
export function problemOf({ status, headers }: Response, body: unknown, now: number): AnonymousJoinProblem {
  const options = { status, retryAfterSeconds: retryAfterSeconds(headers, now) };
  if (isProblem(body)) {
    const { code, detail, ...rest } = body;
    return new AnonymousJoinProblem(code, detail, { ...rest, ...options });
  }
  const [code, detail] = problemsByStatus[status] ?? [
    'unexpected-answer',
    'Check the base URL: what answered does not keep to the definition of the service.',
  ];
  return new AnonymousJoinProblem(code, detail, options);
}

function isProblem(body: unknown): body is Schemas['Problem'] {
  return hasShape(body, shapes.Problem);
}

/** What a status means without a problem in the body: the Functions host has answered, or something before the service. */
const problemsByStatus: Readonly<Record<number, readonly [ProblemCode, string]>> = {
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
