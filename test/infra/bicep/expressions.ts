import type { Node } from 'web-tree-sitter';
import { functions } from './functions.ts';
import { partsOf, type Parse } from './parse.ts';
import { asText, isObject, isTrue, type Lambda, type Value } from './values.ts';

/** What names mean where an expression stands. */
export interface Scope {
  readonly parse: Parse;
  /** Throws if nothing of that name is declared. */
  valueOf(name: string): Value;
}

/** The value of an expression. Throws for a name that is not declared, and for what no template here says. */
export function evaluate(node: Node, scope: Scope): Value {
  const lambda = readLambda(node, scope);
  if (lambda) return lambda;
  const parts = partsOf(node);
  const [first, second, third] = parts;
  const value = (part: Node | undefined): Value => {
    if (!part) throw new Error(`"${node.text}" is not complete.`);
    return evaluate(part, scope);
  };
  switch (node.type) {
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    case 'null':
      return null;
    case 'identifier':
      return scope.valueOf(node.text);
    case 'string':
      return parts.map((part) => textOf(part, scope)).join('');
    case 'array':
      return parts.map(value);
    case 'object':
      return Object.fromEntries(
        parts.map((property) => {
          const [key, content] = partsOf(property);
          if (!key || !content) throw new Error(`"${property.text}" is not complete.`);
          return [key.type === 'string' ? asText(value(key)) : key.text, value(content)];
        }),
      );
    case 'parenthesized_expression':
      return value(first);
    case 'unary_expression':
      return !isTrue(value(first));
    case 'ternary_expression':
      return isTrue(value(first)) ? value(second) : value(third);
    case 'binary_expression':
      return binary(
        node,
        () => value(first),
        () => value(second),
      );
    case 'member_expression':
      return member(value(first), second?.text ?? '');
    case 'call_expression':
      return call(first?.text ?? '', second ? partsOf(second).map(value) : []);
    default:
      throw new Error(`Nothing here reads a ${node.type}: ${node.text}`);
  }
}

/** The grammar binds `=>` tighter than `.`, so what follows the arrow is read by itself. */
function readLambda(node: Node, scope: Scope): Lambda | undefined {
  const [, parameter, body] = /^(\w+)\s*=>\s*(.+)$/s.exec(node.text) ?? [];
  if (parameter === undefined || body === undefined) return undefined;
  const [declaration] = partsOf(scope.parse(`var body = ${body}`));
  const [, expression] = declaration ? partsOf(declaration) : [];
  if (!expression) throw new Error(`"${node.text}" is not complete.`);
  return (argument) =>
    evaluate(expression, {
      ...scope,
      valueOf: (name) => (name === parameter ? argument : scope.valueOf(name)),
    });
}

function textOf(part: Node, scope: Scope): string {
  if (part.type === 'escape_sequence') return part.text.slice(1);
  if (part.type !== 'interpolation') return part.text;
  return partsOf(part)
    .map((inner) => asText(evaluate(inner, scope)))
    .join('');
}

function binary(node: Node, left: () => Value, right: () => Value): Value {
  const operator = node.childForFieldName('operator')?.text;
  if (operator === '&&') return isTrue(left()) && isTrue(right());
  if (operator === '==') return left() === right();
  if (operator === '>') return Number(left()) > Number(right());
  throw new Error(`Nothing here reads ${operator ?? 'this'}: ${node.text}`);
}

function member(object: Value, name: string): Value {
  const found = isObject(object) ? object[name] : undefined;
  if (found === undefined) throw new Error(`There is no ${name} in ${JSON.stringify(object)}.`);
  return found;
}

function call(name: string, values: Value[]): Value {
  const implementation = functions[name];
  if (!implementation) throw new Error(`There is no function ${name}.`);
  return implementation(...values);
}
