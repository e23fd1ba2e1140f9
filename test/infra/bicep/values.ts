/** What a Bicep expression can be. */
export type Value = string | number | boolean | null | readonly Value[] | Values | Lambda;
/** An object. */
export interface Values {
  readonly [name: string]: Value;
}
export type Lambda = (argument: Value) => Value;

export function isObject(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** A condition: nothing but a boolean is one. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'boolean') throw new Error(`${JSON.stringify(value)} is no condition.`);
  return value;
}

export function asText(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is not a string.`);
  return value;
}

export function asObject(value: Value | undefined): Values {
  if (!isObject(value)) throw new Error(`${JSON.stringify(value)} is not an object.`);
  return value;
}

export function asArray(value: Value | undefined): readonly Value[] {
  if (!isArray(value)) throw new Error(`${JSON.stringify(value)} is not an array.`);
  return value;
}

export function asLambda(value: Value | undefined): Lambda {
  if (typeof value !== 'function') throw new Error(`${JSON.stringify(value)} is not a lambda.`);
  return value;
}
