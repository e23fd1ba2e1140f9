import { interpolation, isCall, isWhole, parseExpression, type Expression } from './expressions.ts';

/** What an expression can refer to while a flow runs. */
export interface Scope {
  readonly triggerBody: unknown;
  /** What the steps before have given, by name. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** The entry of the list that the action goes through. */
  readonly item?: unknown;
}

const hourMs = 3_600_000;

/** The functions that the samples use, as "Reference guide to workflow expression functions" has them. */
const functions: Readonly<Record<string, (args: readonly unknown[], scope: Scope) => unknown>> = {
  triggerBody: (_, { triggerBody }) => triggerBody,
  body: ([step], { steps }) => steps[String(step)],
  outputs: ([step], { steps }) => steps[String(step)],
  item: (_, { item }) => item,
  parameters: () => undefined,
  concat: (args) => args.map(String).join(''),
  join: ([list, separator]) => (list as unknown[]).join(String(separator)),
  coalesce: (args) => args.find((arg) => arg !== undefined && arg !== null),
  equals: ([one, other]) => one === other,
  not: ([value]) => value !== true,
  createArray: (args) => [...args],
  // Seven digits of a second, as .NET writes times.
  addHours: ([time, hours]) =>
    new Date(Date.parse(String(time)) + Number(hours) * hourMs).toISOString().replace('Z', '0000Z'),
  encodeUriComponent: ([text]) => encodeURIComponent(String(text)),
};

function valueOf(expression: Expression, scope: Scope): unknown {
  if (!isCall(expression)) return expression;
  const apply = functions[expression.name];
  if (!apply) throw new Error(`there is no function ${expression.name}`);
  const args = expression.args.map((arg) => valueOf(arg, scope));
  return expression.path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined,
    apply(args, scope),
  );
}

/** A value of a flow with all its expressions worked out. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    if (isWhole(value)) return valueOf(parseExpression(value.slice(1)), scope);
    return value.replaceAll(interpolation, (_, source: string) => String(valueOf(parseExpression(source), scope)));
  }
  if (Array.isArray(value)) return value.map((one) => evaluate(one, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, evaluate(one, scope)]));
}
