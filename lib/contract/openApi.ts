import * as z from 'zod';
import { problemCatalogue, type ProblemCode } from '../problem.ts';
import { endpoints, type EndpointDefinition } from './endpoints.ts';
import * as guests from './schemas/guests.ts';
import * as health from './schemas/health.ts';
import * as meetings from './schemas/meetings.ts';
import * as problem from './schemas/problem.ts';

type Json = Record<string, unknown>;

/** The contract as OpenAPI 3.1, made from the endpoint definitions and from the schemas that validate requests. */
export function apiDefinition(): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of Object.values<EndpointDefinition>(endpoints)) {
    const path = (paths[`/${endpoint.route}`] ??= {});
    path[endpoint.method.toLowerCase()] = operationOf(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Anonymous Join',
      version: '1',
      description: 'Short-lived tokens for guests of online meetings, and rejoin tokens for the same guest.',
    },
    servers: [{ url: '/api' }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

function operationOf(endpoint: EndpointDefinition): Json {
  const { operationId, summary, description, auth, params, headers, body, answers, notification, problems } = endpoint;
  return {
    operationId,
    summary,
    description,
    security: auth === 'caller' ? [{ functionKey: [] }, { entra: [] }] : [],
    ...((params ?? headers) && { parameters: [...parametersIn('path', params), ...parametersIn('header', headers)] }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: referenceTo(body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description: text, schema }]) => [
          status,
          { description: text, content: { 'application/json': { schema: schema ? referenceTo(schema) : {} } } },
        ]),
      ),
      ...problemResponses(problems),
    },
    ...(notification && { callbacks: { [operationId]: callbackOf(notification) } }),
  };
}

function parametersIn(place: 'path' | 'header', schema: z.ZodObject | undefined): Json[] {
  return Object.entries<z.core.$ZodType>(schema?.shape ?? {}).map(([name, field]) => {
    const { $schema, description, ...rest } = z.toJSONSchema(field);
    return { name, in: place, required: true, description, schema: rest };
  });
}

function callbackOf({ to, description, schema }: NonNullable<EndpointDefinition['notification']>): Json {
  const requestBody = { required: true, content: { 'application/json': { schema: referenceTo(schema) } } };
  return { [`{$request.body#/${to}}`]: { post: { requestBody, responses: { '2XX': { description } } } } };
}

/** One response per status. If several codes have one status, the `code` of the body says which it is. */
function problemResponses(codes: readonly ProblemCode[]): Record<string, Json> {
  const statuses = [...new Set(codes.map((code) => problemCatalogue[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const sharing = codes.filter((code) => problemCatalogue[code].status === status);
      // The host checks function keys itself, and answers with a status and no body.
      const withoutBody = status === 401 ? ' Without a body: the function key is missing or wrong.' : '';
      return [
        status,
        {
          description: sharing.map((code) => `\`${code}\`: ${problemCatalogue[code].title}.`).join(' ') + withoutBody,
          content: { 'application/problem+json': { schema: referenceTo(problem.problemAnswer) } },
        },
      ];
    }),
  );
}

const uri = (id: string): string => `#/components/schemas/${id}`;

function referenceTo(schema: z.ZodObject): Json {
  const id = schema.meta()?.id;
  if (!id) throw new Error('a schema of an endpoint has no id');
  return { $ref: uri(id) };
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const schema of Object.values({ ...guests, ...meetings, ...health, ...problem })) {
    const id = schema.meta()?.id;
    if (id) registry.add(schema, { id });
  }
  // As input: an answer may get new fields within v1, so its schema has to allow further properties.
  const { schemas: made } = z.toJSONSchema(registry, { uri, io: 'input' });
  return Object.fromEntries(Object.entries(made).map(([id, { $schema, $id, ...schema }]) => [id, schema]));
}
