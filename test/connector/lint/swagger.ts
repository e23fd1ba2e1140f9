import * as z from 'zod';

/** What the rules read of a Swagger 2.0 document. Everything may be missing or wrong: saying so is theirs. */
const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.unknown().optional(),
  description: z.string().optional(),
  get properties() {
    return z.record(z.string(), schema).optional();
  },
  get items() {
    return schema.optional();
  },
  required: z.array(z.string()).optional(),
  'x-ms-summary': z.string().optional(),
  'x-ms-visibility': z.string().optional(),
  'x-ms-notification-url': z.boolean().optional(),
});
export type Schema = z.infer<typeof schema>;

const parameter = z.looseObject({
  $ref: z.string().optional(),
  name: z.string().optional(),
  in: z.string().optional(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: schema.optional(),
  'x-ms-summary': z.string().optional(),
  'x-ms-visibility': z.string().optional(),
  'x-ms-url-encoding': z.string().optional(),
});
export type Parameter = z.infer<typeof parameter>;

const operation = z.looseObject({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(parameter).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({
      description: z.string().optional(),
      schema: schema.optional(),
      headers: z.record(z.string(), schema).optional(),
    }),
  ),
  'x-ms-visibility': z.string().optional(),
  'x-ms-trigger': z.string().optional(),
});
export type Operation = z.infer<typeof operation>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const pathItem = z.looseObject({
  get: operation.optional(),
  post: operation.optional(),
  put: operation.optional(),
  patch: operation.optional(),
  delete: operation.optional(),
  'x-ms-notification-content': z.looseObject({ schema: schema.optional() }).optional(),
});
type PathItem = z.infer<typeof pathItem>;

export const swaggerSchema = z.looseObject({
  swagger: z.string().optional(),
  info: z.looseObject({
    title: z.string().default(''),
    description: z.string().default(''),
    contact: z.record(z.string(), z.string()).default({}),
  }),
  host: z.string().default(''),
  basePath: z.string().default(''),
  schemes: z.array(z.string()).default([]),
  consumes: z.array(z.string()).default([]),
  paths: z.record(z.string(), pathItem),
  definitions: z.record(z.string(), schema).default({}),
  parameters: z.record(z.string(), parameter).default({}),
  securityDefinitions: z.record(z.string(), z.looseObject({ type: z.string() })).default({}),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  'x-ms-connector-metadata': z.array(z.object({ propertyName: z.string(), propertyValue: z.string() })).default([]),
});
export type Swagger = z.infer<typeof swaggerSchema>;

/** An operation with where it stands, its parameters looked up. */
export interface Placed {
  readonly path: string;
  readonly method: (typeof methods)[number];
  readonly item: PathItem;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  /** What findings call it. */
  readonly name: string;
}

/** Every operation of the document. */
export function operationsOf(swagger: Swagger): Placed[] {
  return Object.entries(swagger.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const parameters = (operation.parameters ?? []).map((one) => sharedParameter(swagger, one) ?? one);
      return [{ path, method, item, operation, parameters, name: operation.operationId ?? `${method} ${path}` }];
    }),
  );
}

function sharedParameter(swagger: Swagger, { $ref }: Parameter): Parameter | undefined {
  return $ref === undefined ? undefined : swagger.parameters[$ref.replace('#/parameters/', '')];
}

/** The schema that a reference leads to, else the schema itself; undefined where the reference leads nowhere. */
export function resolved(swagger: Swagger, found: Schema | undefined): Schema | undefined {
  if (found?.$ref === undefined) return found;
  return swagger.definitions[found.$ref.replace('#/definitions/', '')];
}

/** Every schema with the way to it, those within others too; references are not followed. */
export function* schemasOf(swagger: Swagger): Generator<[place: string, schema: Schema]> {
  for (const [id, found] of Object.entries(swagger.definitions)) yield* schemasIn(found, id);
  for (const { name, item, operation, parameters } of operationsOf(swagger)) {
    for (const one of parameters) if (one.schema) yield* schemasIn(one.schema, `${name} body`);
    for (const [status, response] of Object.entries(operation.responses)) {
      if (response.schema) yield* schemasIn(response.schema, `${name} ${status}`);
    }
    const content = item['x-ms-notification-content']?.schema;
    if (content) yield* schemasIn(content, `${name} notification`);
  }
}

function* schemasIn(found: Schema, place: string): Generator<[string, Schema]> {
  yield [place, found];
  for (const [name, property] of Object.entries(found.properties ?? {})) yield* schemasIn(property, `${place}.${name}`);
  if (found.items) yield* schemasIn(found.items, `${place}[]`);
}

/** What the designer shows words for: parameters, and the properties of all schemas. */
export function* shownOf(swagger: Swagger): Generator<[place: string, shown: Parameter | Schema]> {
  for (const { name, parameters } of operationsOf(swagger)) {
    for (const one of parameters) yield [`${name} ${one.name ?? '?'}`, one];
  }
  for (const [place, found] of schemasOf(swagger)) {
    for (const [name, property] of Object.entries(found.properties ?? {})) yield [`${place}.${name}`, property];
  }
}
