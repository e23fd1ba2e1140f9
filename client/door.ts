import type { components } from './definition/api.ts';
import { doors } from './definition/doors.ts';
import { shapes } from './definition/shapes.ts';
import { hasShape } from './shape.ts';

type Schemas = components['schemas'];
type Doors = typeof doors;

/** An operation id of the definition. */
export type DoorName = keyof Doors;

/** What a door takes. */
export type BodyOf<D extends DoorName> = Doors[D] extends { body: infer B extends keyof Schemas }
  ? Schemas[B]
  : undefined;

/** What a door gives. */
export type AnswerOf<D extends DoorName> = Schemas[Extract<
  Doors[D]['answers'][keyof Doors[D]['answers']],
  keyof Schemas
>];

/** Whether a body is what the door answers with this status. */
export function isAnswer<D extends DoorName>(door: D, status: number, body: unknown): body is AnswerOf<D> {
  const answers: Readonly<Record<number, keyof typeof shapes>> = doors[door].answers;
  const name = answers[status];
  return name !== undefined && hasShape(body, shapes[name]);
}

/** Whether a body is a problem of the service's, rather than of something before it. */
export function isProblem(body: unknown): body is Schemas['Problem'] {
  return hasShape(body, shapes.Problem);
}
