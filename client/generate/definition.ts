import type { Shape } from '../shape.ts';

/** What the generator reads of an OpenAPI 3.1 document. */
export interface Definition {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What the generator reads of a JSON schema. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;

/** How one endpoint is called, and which schema the body of each of its answers has; problems are left out. */
interface EndpointRow {
  readonly method: string;
  /** Below the base of the API, with `{name}` for a parameter. */
  readonly path: string;
  readonly auth: 'caller' | 'anonymous';
  readonly body?: string;
  readonly answers: Readonly<Record<string, string>>;
}

/** The endpoints of a definition by operation id, except for those whose answers have no schema. */
export function endpointTable({ paths }: Definition): Record<string, EndpointRow> {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [operation.operationId, rowOf(method, path, operation)] as const,
    ),
  );
  return Object.fromEntries(rows.filter(([, { answers }]) => Object.keys(answers).length > 0));
}

function rowOf(method: string, path: string, { security, requestBody, responses }: Operation): EndpointRow {
  const body = schemaName(requestBody?.content);
  const answers = Object.entries(responses).flatMap(([status, { content }]) => {
    const name = schemaName(content);
    return name === undefined ? [] : [[status, name] as const];
  });
  return {
    method: method.toUpperCase(),
    path,
    auth: security.length > 0 ? 'caller' : 'anonymous',
    ...(body !== undefined && { body }),
    answers: Object.fromEntries(answers),
  };
}

/** `Guest` of `#/components/schemas/Guest`, where the content is JSON. */
function schemaName(content: Content | undefined): string | undefined {
  return content?.['application/json']?.schema.$ref?.split('/').at(-1);
}

/**
 * Shapes of the named schemas. They leave out enumerations, patterns and limits, so that the client takes an answer of a later
 * release with a new code. Throws for a schema that a shape cannot express.
 */
export function shapesOf(schemas: Readonly<Record<string, Schema>>, names: readonly string[]): Record<string, Shape> {
  const named = (name: string): Shape => {
    const schema = schemas[name];
    if (!schema) throw new Error(`the definition has no schema ${name}`);
    return shapeOf(schema);
  };
  const shapeOf = (schema: Schema): Shape => {
    const { type, format, $ref, items, properties, required = [] } = schema;
    if ($ref !== undefined) return named($ref.split('/').at(-1) ?? '');
    if (type === 'array' && items) return [shapeOf(items)];
    if (type === 'object' && properties) {
      const fields = Object.entries(properties).map(([field, inner]) => {
        return [required.includes(field) ? field : `${field}?`, shapeOf(inner)] as const;
      });
      return Object.fromEntries(fields);
    }
    if (type === 'string') return format === 'date-time' ? 'time' : 'string';
    if (type === 'integer' || type === 'number') return 'number';
    if (type === 'boolean') return 'boolean';
    throw new Error(`no shape can express ${JSON.stringify(schema)}`);
  };
  return Object.fromEntries(names.map((name) => [name, named(name)]));
}
