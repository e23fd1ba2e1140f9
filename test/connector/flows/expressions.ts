/** A call in an expression, with the properties that are taken of what it gives: `body('Step')?['meetingUrl']`. */
export interface Call {
  readonly name: string;
  readonly args: readonly Expression[];
  readonly path: readonly string[];
}

export type Expression = Call | string | number | boolean | null;

export function isCall(expression: Expression | undefined): expression is Call {
  return typeof expression === 'object' && expression !== null;
}

/** Parses every expression in a value, however deep; throws for one that the workflow definition language does not have. */
export function* expressionsIn(value: unknown): Generator<Expression> {
  if (typeof value === 'string') for (const source of sourcesIn(value)) yield parseExpression(source);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* expressionsIn(inner);
  }
}

/** Whether a text is one expression, after `@`; two of them are a letter. */
export function isWhole(text: string): boolean {
  return /^@[^{@]/.test(text);
}

/** The expressions within a text. */
export const interpolation = /@\{((?:[^'}]|'(?:[^']|'')*')*)\}/g;

function sourcesIn(text: string): string[] {
  if (isWhole(text)) return [text.slice(1)];
  return [...text.matchAll(interpolation)].map(([, inner = '']) => inner);
}

/** The expression and every one within it that is a call. */
export function* callsIn(expression: Expression): Generator<Call> {
  if (!isCall(expression)) return;
  yield expression;
  for (const arg of expression.args) yield* callsIn(arg);
}

const token = /\s*('(?:[^']|'')*'|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|\?\[|[()[\],])/y;

function tokensOf(source: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let end = 0; end < source.trimEnd().length; end = token.lastIndex) {
    const [, found] = token.exec(source) ?? [];
    if (found === undefined) throw new Error(`cannot read ${source}`);
    tokens.push(found);
  }
  return tokens;
}

export function parseExpression(source: string): Expression {
  const tokens = tokensOf(source);
  let next = 0;
  const take = (expected?: string): string => {
    const found = tokens[next++];
    if (found === undefined || (expected !== undefined && found !== expected)) {
      throw new Error(`${expected ?? 'more'} expected in ${source}`);
    }
    return found;
  };
  const argumentsOfCall = (): Expression[] => {
    const args: Expression[] = [];
    take('(');
    while (tokens[next] !== ')') {
      if (args.length > 0) take(',');
      args.push(expression());
    }
    take(')');
    return args;
  };
  const pathOfCall = (): string[] => {
    const path: string[] = [];
    while (tokens[next] === '?[' || tokens[next] === '[') {
      take();
      path.push(unquoted(take()));
      take(']');
    }
    return path;
  };
  const expression = (): Expression => {
    const first = take();
    if (first.startsWith("'")) return unquoted(first);
    if (/^-?\d/.test(first)) return Number(first);
    if (first === 'true' || first === 'false') return first === 'true';
    if (first === 'null') return null;
    return { name: first, args: argumentsOfCall(), path: pathOfCall() };
  };
  const found = expression();
  if (next !== tokens.length) throw new Error(`the end expected in ${source}`);
  return found;
}

function unquoted(literal: string): string {
  return literal.replace(/^'|'$/g, '').replaceAll("''", "'");
}
