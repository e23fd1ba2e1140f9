import type { Schema } from './shapesOf.ts';

/** What the generator reads of an OpenAPI 3.1 document. */
export interface Definition {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;

/** How one endpoint is called, and which schema the body of each of its answers has. Problems are no answers. */
export interface EndpointRow {
  readonly method: string;
  /** Below the base of the API, with `{name}` for a parameter. */
  readonly path: string;
  readonly auth: 'caller' | 'anonymous';
  readonly body?: string;
  readonly answers: Readonly<Record<string, string>>;
}

/** The endpoints of a definition by operation id; a endpoint whose answers have no schema is none of the client's. */
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
