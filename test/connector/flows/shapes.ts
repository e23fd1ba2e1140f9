import { operationsOf, resolved, type Placed, type Schema, type Swagger } from '../lint/swagger.ts';
import type { Call, Expression } from './expressions.ts';
import { isCall, parseExpression } from './expressions.ts';
import { connectorInputs, stepsOf, type Action, type Flow, type Step } from './flow.ts';

/** The connector that the sample flows use beside Microsoft's own. */
export const ownConnection = 'shared_anonymousjoin';

/** The operation of our connector that an action calls, if it calls one. */
export function ownOperation(swagger: Swagger, inputs: unknown): Placed | undefined {
  const { data } = connectorInputs.safeParse(inputs);
  if (data?.host.connectionName !== ownConnection) return undefined;
  return operationsOf(swagger).find(({ operation }) => operation.operationId === data.host.operationId);
}

/** The schema of the operation's one answer that has one. */
export function answerOf(swagger: Swagger, { operation }: Placed): Schema | undefined {
  const [response] = Object.values(operation.responses).filter(({ schema }) => schema);
  return resolved(swagger, response?.schema);
}

/** Where something in an expression comes from: a step, or the trigger. */
export function sourceOf(
  flow: Flow,
  { name, args }: Call,
): { step: Step | undefined; named: string } | 'trigger' | undefined {
  if (name === 'triggerBody' || name === 'triggerOutputs') return 'trigger';
  if (!['body', 'outputs', 'actions', 'items'].includes(name)) return undefined;
  const [named] = args;
  if (typeof named !== 'string') return undefined;
  return { step: stepsOf(flow).find((step) => step.name === named), named };
}

/** What an expression gives, as far as it is known: undefined is anything. @param around the action that it stands in */
export function shapeOf(swagger: Swagger, flow: Flow, expression: Expression, around: Action): Schema | undefined {
  if (!isCall(expression)) return undefined;
  let shape = rootShape(swagger, flow, expression, around);
  for (const name of expression.path) {
    if (!shape) return undefined;
    const property = resolved(swagger, shape.properties?.[name]);
    if (!property) throw new Error(`${expression.name} has no ${name}`);
    shape = property;
  }
  return shape;
}

function rootShape(swagger: Swagger, flow: Flow, call: Call, around: Action): Schema | undefined {
  const source = sourceOf(flow, call);
  if (source === 'trigger' && call.name === 'triggerBody') return triggerShape(swagger, flow);
  if (call.name === 'item') return itemShape(swagger, flow, around);
  if (source === undefined || source === 'trigger' || !source.step) return undefined;
  const { action } = source.step;
  const operation = ownOperation(swagger, action.inputs);
  if (operation && call.name === 'body') return answerOf(swagger, operation);
  if (action.type === 'Compose') return objectWith(action.inputs);
  if (action.type === 'Query') return { type: 'array', items: itemShape(swagger, flow, action) };
  return undefined;
}

function triggerShape(swagger: Swagger, { properties: { definition } }: Flow): Schema | undefined {
  const [trigger] = Object.values(definition.triggers);
  const operation = ownOperation(swagger, trigger?.inputs);
  if (operation) return resolved(swagger, operation.item['x-ms-notification-content']?.schema);
  return trigger?.inputs.schema as Schema | undefined;
}

/** What `item()` is inside an action that goes through a list. */
function itemShape(swagger: Swagger, flow: Flow, { inputs }: Action): Schema | undefined {
  const from = typeof inputs === 'object' && inputs !== null && 'from' in inputs ? inputs.from : undefined;
  if (typeof from !== 'string') return undefined;
  const list = shapeOf(swagger, flow, parseExpression(from.replace(/^@/, '')), { type: '', runAfter: {} });
  return resolved(swagger, list?.items);
}

function objectWith(value: unknown): Schema | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return { type: 'object', properties: Object.fromEntries(Object.keys(value).map((name) => [name, {}])) };
}
