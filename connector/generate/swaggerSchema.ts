import * as z from 'zod';

export type Json = Readonly<Record<string, unknown>>;

/** What only the connector says about a field. @param place the id of its schema, and the path below it */
type Word = (place: string, name: string) => Json;

/** The keywords that mean the same in Swagger 2.0 and in JSON Schema draft-04, which the definition is made from. */
const keptKeywords = new Set([
  ...['$ref', 'type', 'format', 'description', 'enum', 'required', 'properties', 'items'],
  ...['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'],
]);
/** Keywords that belong to a whole document, and one that matters to requests only. Readers of the definition need neither. */
const droppedKeywords = new Set(['$schema', '$id', 'additionalProperties']);
const types = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'object', 'array']);

/**
 * Schemas by their ids, as Swagger 2.0 has them. Throws for what Swagger 2.0 cannot express: unions, null, tuples, maps and the like.
 * @param schemas each with an id
 */
export function swaggerDefinitions(schemas: readonly z.ZodObject[], word: Word): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const schema of schemas) registry.add(schema, { id: idOf(schema) });
  const uri = (id: string): string => referenceTo(id).$ref;
  const made = z.toJSONSchema(registry, { target: 'draft-4', uri, io: 'input' });
  return Object.fromEntries(Object.entries(made.schemas).map(([id, schema]) => [id, toSwagger(schema, id, word)]));
}

/** A single field, such as a parameter. */
export function swaggerField(field: z.core.$ZodType, place: string): Json {
  return toSwagger(z.toJSONSchema(field, { target: 'draft-4', io: 'input' }), place, () => ({}));
}

export function idOf(schema: z.ZodObject): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error('a schema of an endpoint has no id');
  return id;
}

export function referenceTo(id: string): { readonly $ref: string } {
  return { $ref: `#/definitions/${id}` };
}

function toSwagger(schema: unknown, place: string, word: Word): Json {
  const found = z.record(z.string(), z.unknown()).parse(schema);
  const { $ref, type, properties, items, ...rest } = found;
  const keywords = Object.keys(found).filter((keyword) => !droppedKeywords.has(keyword));
  const unknown = keywords.filter((keyword) => !keptKeywords.has(keyword));
  if (unknown.length > 0) throw new Error(`${place}: Swagger 2.0 cannot express ${unknown.join(', ')}`);
  if (typeof found['additionalProperties'] === 'object') throw new Error(`${place}: Swagger 2.0 cannot express maps`);
  // Beside a reference, Swagger 2.0 ignores everything.
  if ($ref !== undefined) return { $ref };
  if (!types.has(type)) throw new Error(`${place}: Swagger 2.0 cannot express the type ${JSON.stringify(type)}`);
  return {
    type,
    ...Object.fromEntries(Object.entries(rest).filter(([keyword, value]) => isKept(keyword, value, rest))),
    ...(properties !== undefined && { properties: propertiesOf(properties, place, word) }),
    ...(items !== undefined && { items: toSwagger(items, `${place}[]`, word) }),
  };
}

function propertiesOf(properties: unknown, place: string, word: Word): Json {
  const fields = Object.entries(z.record(z.string(), z.unknown()).parse(properties));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, { ...toSwagger(field, `${place}.${name}`, word), ...word(place, name) }]),
  );
}

function isKept(keyword: string, value: unknown, { format }: Json): boolean {
  if (droppedKeywords.has(keyword)) return false;
  // The pattern of a format is long and adds nothing to the format.
  if (keyword === 'pattern') return format === undefined;
  // The limits of every integer in JavaScript.
  return value !== Number.MAX_SAFE_INTEGER && value !== Number.MIN_SAFE_INTEGER;
}
