import type * as z from 'zod';
import type { EndpointDefinition } from '../../lib/contract/endpoints.ts';
import { problemCatalogue, type ProblemCode } from '../../lib/problem.ts';
import type { Operation } from './operations.ts';
import { idOf, referenceTo, swaggerField, type Json } from './swaggerSchema.ts';
import { titleOf, wordingOf } from './wording.ts';

/** A parameter that is not the body. */
export interface Parameter extends Json {
  readonly name: string;
  readonly in: 'path' | 'header';
}

/** The operation of Swagger 2.0, its parameters by `parameterIn`. */
export function swaggerOperation(
  { endpoint, visibility, description, triggerHint }: Operation,
  refer: (parameter: Parameter) => Json,
): Json {
  const parameters = [...parametersOf(endpoint).map(refer), ...(endpoint.body ? [bodyParameter(endpoint.body)] : [])];
  return {
    summary: endpoint.summary,
    description: description ?? endpoint.description,
    operationId: endpoint.operationId,
    ...(visibility && { 'x-ms-visibility': visibility }),
    ...(triggerHint && { 'x-ms-trigger': 'single', 'x-ms-trigger-hint': triggerHint }),
    ...(parameters.length > 0 && { parameters }),
    responses: { ...successes(endpoint), ...failures(endpoint.problems) },
  };
}

/** The parameters in path and headers. */
export function parametersOf({ operationId, params, headers }: EndpointDefinition): Parameter[] {
  const from = (place: Parameter['in'], schema: z.ZodObject | undefined): Parameter[] =>
    Object.entries<z.core.$ZodType>(schema?.shape ?? {}).map(([name, field]) => ({
      name,
      in: place,
      required: true,
      ...swaggerField(field, `${operationId}.${name}`),
      ...wordingOf(operationId, name),
      ...(place === 'path' && { 'x-ms-url-encoding': 'single' }),
    }));
  return [...from('path', params), ...from('header', headers)];
}

function bodyParameter(body: z.ZodObject): Json {
  return {
    name: 'body',
    in: 'body',
    required: true,
    description: 'What is asked for.',
    'x-ms-summary': 'Request',
    schema: referenceTo(idOf(body)),
  };
}

/** The designer takes one answer's schema: it goes with the last status, which is that of something new where there is one. */
function successes({ operationId, answers, notification }: EndpointDefinition): Json {
  const ids = new Set(Object.values(answers).map(({ schema }) => schema && idOf(schema)));
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0) throw new Error(`${operationId} has not one schema for all its answers`);
  const statuses = Object.keys(answers).sort();
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description }]) => [
      status,
      {
        description,
        ...(status === statuses.at(-1) && { schema: referenceTo(id) }),
        ...(notification && { headers: { Location: location } }),
      },
    ]),
  );
}

const location: Json = {
  type: 'string',
  description: 'The URL that ends the subscription when it is deleted.',
  'x-ms-summary': titleOf('Location'),
};

/** By status, in words: a designer that found a second schema would have to choose. */
function failures(problems: readonly ProblemCode[]): Json {
  const statuses = [...new Set(problems.map((code) => problemCatalogue[code].status))].sort(
    (one, other) => one - other,
  );
  const titlesOf = (status: number): string[] =>
    problems.filter((code) => problemCatalogue[code].status === status).map((code) => problemCatalogue[code].title);
  return {
    ...Object.fromEntries(statuses.map((status) => [status, { description: `${titlesOf(status).join('. Or: ')}.` }])),
    default: { description: 'The operation failed.' },
  };
}
