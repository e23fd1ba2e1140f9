/**
 * What the body of an answer must have to be used, field by field. A name ends in `?` if the field may be missing; other
 * fields are ignored. `time` is a string that Date.parse can read.
 */
export type Shape = 'string' | 'number' | 'boolean' | 'time' | readonly [Shape] | ShapedObject;

interface ShapedObject {
  readonly [field: string]: Shape;
}

/** Whether a value has the shape. */
export function hasShape(value: unknown, shape: Shape): boolean {
  if (shape === 'time') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  if (typeof shape === 'string') return typeof value === shape;
  if (isList(shape)) return Array.isArray(value) && value.every((item) => hasShape(item, shape[0]));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const given = new Map<string, unknown>(Object.entries(value));
  return Object.entries(shape).every(([field, inner]) => {
    const optional = field.endsWith('?');
    const name = optional ? field.slice(0, -1) : field;
    return given.has(name) ? hasShape(given.get(name), inner) : optional;
  });
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
