import { readFileSync } from 'node:fs';
import type { Node } from 'web-tree-sitter';
import { nodesIn, partsOf, type Parse } from './parse.ts';

export interface Parameter {
  readonly type: string;
  readonly defaultValue: Node | undefined;
  /** Calls such as `allowed([...])`. */
  readonly decorators: readonly Node[];
}

export interface Resource {
  /** Without its API version. */
  readonly type: string;
  readonly existing: boolean;
  /** An object, `if (...) {...}` or `[for ...]`. */
  readonly body: Node;
}

/** What one Bicep file declares, by name. */
interface Template {
  readonly path: string;
  readonly root: Node;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly variables: ReadonlyMap<string, Node>;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Module calls: the file as it is written, and the object or condition. */
  readonly modules: ReadonlyMap<string, { readonly file: string; readonly body: Node }>;
  readonly outputs: ReadonlyMap<string, Node>;
}

/** Reads the declarations of a file. */
export function readTemplate(parse: Parse, path: string): Template {
  const root = parse(readFileSync(path, 'utf8'));
  const parameters = new Map<string, Parameter>();
  const variables = new Map<string, Node>();
  const resources = new Map<string, Resource>();
  const modules = new Map<string, { file: string; body: Node }>();
  const outputs = new Map<string, Node>();

  let decorators: Node[] = [];
  for (const statement of partsOf(root)) {
    if (statement.type === 'decorators') {
      decorators = partsOf(statement).flatMap(partsOf);
      continue;
    }
    const [first, second, third] = partsOf(statement);
    const name = first?.text ?? '';
    if (statement.type === 'parameter_declaration') {
      parameters.set(name, { type: second?.text ?? '', defaultValue: third, decorators });
    } else if (statement.type === 'variable_declaration' && second) {
      variables.set(name, second);
    } else if (statement.type === 'resource_declaration' && second && third) {
      const existing = statement.children.some((child) => child?.type === 'existing');
      const [type = ''] = quoted(second).split('@');
      resources.set(name, { type, existing, body: third });
    } else if (statement.type === 'module_declaration' && second && third) {
      modules.set(name, { file: quoted(second), body: third });
    } else if (statement.type === 'output_declaration' && third) {
      outputs.set(name, third);
    } else if (statement.type !== 'target_scope_assignment') {
      throw new Error(`${path}: nothing here reads a ${statement.type}.`);
    }
    decorators = [];
  }
  return { path, root, parameters, variables, resources, modules, outputs };
}

/** Names that a file uses, except where they are declared or name a property. */
export function namesUsed({ root }: Template): Set<string> {
  const names = [...nodesIn(root)].filter((node) => {
    const { parent } = node;
    if (node.type !== 'identifier' || !parent) return false;
    const isFirst = partsOf(parent)[0]?.id === node.id;
    return !(isFirst && (parent.type === 'object_property' || parent.type.endsWith('_declaration')));
  });
  return new Set(names.map(({ text }) => text));
}

const quoted = (node: Node): string => node.text.slice(1, -1);
