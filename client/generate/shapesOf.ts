import type { Shape } from '../shape.ts';

/** What of a JSON schema has a meaning here. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/**
 * Shapes of the named schemas. Enumerations, patterns and limits are left out: an answer of a later release may have a new
 * code, and must not be refused for it. Throws for a schema that a shape cannot say.
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
    throw new Error(`no shape can say ${JSON.stringify(schema)}`);
  };
  return Object.fromEntries(names.map((name) => [name, named(name)]));
}
