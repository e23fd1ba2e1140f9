import type { Parameter } from './template.ts';
import { asArray, type Value } from './values.ts';

/** What is wrong with a parameter's value, by its type and its decorators; undefined if nothing is. */
export function complaintAbout(
  { type, decorators }: Parameter,
  value: Value,
  evaluated: (decorator: Parameter['decorators'][number]) => { name: string; argument: Value | undefined },
): string | undefined {
  if (typeOf(value) !== type) return `is not of type ${type}`;
  const size = typeof value === 'string' ? value.length : Number(value);
  const broken = decorators.map(evaluated).find(({ name, argument }) => {
    if (name === 'allowed') return !asArray(argument).includes(value);
    if (name === 'minLength' || name === 'minValue') return size < Number(argument);
    if (name === 'maxLength' || name === 'maxValue') return size > Number(argument);
    return false;
  });
  return broken && `breaks ${broken.name}`;
}

function typeOf(value: Value): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'array' : 'object';
}
