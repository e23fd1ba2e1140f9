import type { components } from './definition/api.ts';
import { endpoints } from './definition/endpoints.ts';
import { shapes } from './definition/shapes.ts';
import { hasShape } from './shape.ts';

type Schemas = components['schemas'];
type Endpoints = typeof endpoints;

/** An operation id of the definition. */
export type EndpointName = keyof Endpoints;

/** What a endpoint takes. */
export type BodyOf<E extends EndpointName> = Endpoints[E] extends { body: infer B extends keyof Schemas }
  ? Schemas[B]
  : undefined;

/** What a endpoint gives. */
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

/** Whether a body is a problem of the service's, rather than of something before it. */
export function isProblem(body: unknown): body is Schemas['Problem'] {
  return hasShape(body, shapes.Problem);
}
