/** Says whether a path segment fits. */
export type Constraint = (value: string) => boolean;

const matching =
  (pattern: RegExp): (() => Constraint) =>
  () =>
  (value) =>
    pattern.test(value);

const length =
  (fits: (length: number, limits: number[]) => boolean) =>
  (limits: number[]): Constraint =>
  (value) =>
    fits(value.length, limits);

const integer =
  (fits: (number: number, limits: number[]) => boolean) =>
  (limits: number[]): Constraint =>
  (value) =>
    /^-?\d+$/.test(value) && fits(Number(value), limits);

/** The constraints of ASP.NET Core routing that make sense in a route of ours; numbers in brackets become `limits`. */
const constraints: Record<string, (limits: number[]) => Constraint> = {
  int: integer((number) => Math.abs(number) < 2 ** 31),
  long: integer(() => true),
  decimal: matching(/^-?\d+(\.\d+)?$/),
  bool: matching(/^(true|false)$/i),
  guid: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  alpha: matching(/^[a-z]*$/i),
  length: length((is, [from = 0, to = from]) => is >= from && is <= to),
  minlength: length((is, [from = 0]) => is >= from),
  maxlength: length((is, [to = 0]) => is <= to),
  min: integer((number, [from = 0]) => number >= from),
  max: integer((number, [to = 0]) => number <= to),
  range: integer((number, [from = 0, to = 0]) => number >= from && number <= to),
};

/** Reads `int`, `length(43)` or `range(1,9)`. Throws for a constraint that is not in the list above. */
export function constraintNamed(text: string): Constraint {
  const [name = '', inBrackets = ''] = text.split(/[()]/);
  const constraint = constraints[name.toLowerCase()];
  if (!constraint) throw new Error(`The route constraint "${text}" is not known to the local host.`);
  return constraint(inBrackets.split(',').filter(Boolean).map(Number));
}
