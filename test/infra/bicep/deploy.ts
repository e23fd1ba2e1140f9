import { dirname, join } from 'node:path';
import type { Node } from 'web-tree-sitter';
import { addedByAzure } from './azure.ts';
import { evaluate, type Scope } from './expressions.ts';
import { complaintAbout } from './parameters.ts';
import { partsOf, type Parse } from './parse.ts';
import { readTemplate, type Resource } from './template.ts';
import { asArray, asObject, asText, isObject, isTrue, type Value, type Values } from './values.ts';

/** A resource as it is sent to Azure, with the ids of what it belongs to. */
export interface Deployed {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Of the resource that it is part of. */
  readonly parentId: string | undefined;
  /** Of the resource that a role assignment is for. */
  readonly scopeId: string | undefined;
  readonly body: Values;
}

export interface Deployment {
  readonly resources: readonly Deployed[];
  readonly outputs: Values;
}

/**
 * Evaluates a template and its modules, as Azure does before it deploys. Throws for a name, parameter, output, function or
 * module that does not exist, and for a parameter that is missing or outside of what its decorators say.
 */
export function deploy(parse: Parse, path: string, given: Values): Deployment {
  const template = readTemplate(parse, path);
  const resources: Deployed[] = [];
  const known = new Map<string, Value>();
  const underWay = new Set<string>();
  const scope: Scope = {
    parse,
    valueOf(name) {
      const value = known.get(name) ?? declared(name);
      known.set(name, value);
      return value;
    },
  };

  function declared(name: string): Value {
    if (underWay.has(name)) throw new Error(`${path}: ${name} needs itself.`);
    underWay.add(name);
    const parameter = template.parameters.get(name);
    const variable = template.variables.get(name);
    const resource = template.resources.get(name);
    const module = template.modules.get(name);
    if (parameter) return parameterValue(name);
    if (variable) return evaluate(variable, scope);
    if (resource)
      return each(resource.body, scope, (body, within) => deployResource(resource, asObject(evaluate(body, within))));
    if (module)
      return each(module.body, scope, (body, within) => deployModule(module.file, asObject(evaluate(body, within))));
    throw new Error(`${path}: ${name} is not declared.`);
  }

  function parameterValue(name: string): Value {
    const parameter = template.parameters.get(name);
    const value = given[name] ?? (parameter?.defaultValue && evaluate(parameter.defaultValue, scope));
    if (!parameter || value === undefined) throw new Error(`${path}: ${name} is missing.`);
    const complaint = complaintAbout(parameter, value, (decorator) => {
      const [called, values] = partsOf(decorator);
      const [argument] = values ? partsOf(values) : [];
      return { name: called?.text ?? '', argument: argument && evaluate(argument, scope) };
    });
    if (complaint !== undefined) throw new Error(`${path}: ${name} ${complaint}.`);
    return value;
  }

  function deployResource({ type, existing }: Resource, body: Values): Values {
    const name = asText(body['name']);
    const [parentId, scopeId] = ['parent', 'scope'].map((key) =>
      body[key] ? asText(asObject(body[key])['id']) : undefined,
    );
    const id = `${parentId ?? scopeId ?? ''}/${type}/${name}`;
    if (!existing) resources.push({ type, name, id, parentId, scopeId, body });
    const properties = { ...(isObject(body['properties']) && body['properties']), ...addedByAzure[type]?.(name) };
    return { id, name, properties };
  }

  function deployModule(file: string, body: Values): Values {
    const nested = deploy(parse, join(dirname(path), file), asObject(body['params']));
    resources.push(...nested.resources);
    return { outputs: nested.outputs };
  }

  for (const name of Object.keys(given)) {
    if (!template.parameters.has(name)) throw new Error(`${path}: there is no parameter ${name}.`);
  }
  for (const declarations of [template.parameters, template.variables, template.resources, template.modules]) {
    for (const name of declarations.keys()) scope.valueOf(name);
  }
  const outputs = [...template.outputs].map(([name, expression]) => [name, evaluate(expression, scope)]);
  return { resources, outputs: Object.fromEntries(outputs) as Values };
}

/** Runs for a plain body, for one whose condition holds, or for every round of a loop. */
function each(body: Node, scope: Scope, run: (body: Node, scope: Scope) => Values): Value {
  const [first, second, third] = partsOf(body);
  if (body.type === 'if_statement' && first && second) return isTrue(evaluate(first, scope)) ? run(second, scope) : {};
  if (body.type !== 'for_statement' || !first || !second || !third) return run(body, scope);
  return asArray(evaluate(second, scope)).map((round) =>
    run(third, { ...scope, valueOf: (name) => (name === first.text ? round : scope.valueOf(name)) }),
  );
}
