import { inputsOf } from '../inputs.ts';
import { operationsOf, type Schema, type Swagger } from '../lint/swagger.ts';
import { callsIn, expressionsIn } from './expressions.ts';
import { connectorInputs, stepsOf, type Flow } from './flow.ts';
import { ownConnection, ownOperation, shapeOf, sourceOf } from './shapes.ts';

/** What is wrong with a flow, in words. */
export type Check = (swagger: Swagger, flow: Flow) => string[];

/** The connector's steps and triggers call operations that exist, with parameters that exist, and all that are required. */
export const callsFitTheDefinition: Check = (swagger, flow) => {
  const { triggers } = flow.properties.definition;
  const callers = [...Object.entries(triggers), ...stepsOf(flow).map(({ name, action }) => [name, action] as const)];
  return callers.flatMap(([name, { inputs }]) => {
    const { data } = connectorInputs.safeParse(inputs);
    if (data?.host.connectionName !== ownConnection) return [];
    const called = ownOperation(swagger, inputs);
    if (!called) return [`${name}: there is no ${data.host.operationId}`];
    const given = data.parameters;
    const takes = inputsOf(swagger, called).filter(({ isInternal }) => !isInternal);
    return [
      ...Object.keys(given).filter((parameter) => !takes.some((input) => input.name === parameter)),
      ...takes.filter((input) => input.isRequired && !(input.name in given)).map((input) => input.name),
      ...takes
        .filter((input) => input.name in given && !isChoice(input.schema, given[input.name]))
        .map((input) => input.name),
    ].map((parameter) => `${name}: ${parameter}`);
  });
};

/** Whether a value that is written out is one of the field's choices. */
function isChoice(field: Schema | undefined, value: unknown): boolean {
  const choices = field?.['enum'];
  return !Array.isArray(choices) || (typeof value === 'string' && value.startsWith('@')) || choices.includes(value);
}

/** A trigger is one of the definition's triggers, and an action is none. */
export const triggersAreTriggers: Check = (swagger, flow) => {
  const kindOf = (inputs: unknown): 'trigger' | 'action' | undefined => {
    const placed = ownOperation(swagger, inputs);
    return placed && (placed.operation['x-ms-trigger'] === undefined ? 'action' : 'trigger');
  };
  return [
    ...Object.entries(flow.properties.definition.triggers).filter(([, { inputs }]) => kindOf(inputs) === 'action'),
    ...stepsOf(flow)
      .filter(({ action }) => kindOf(action.inputs) === 'trigger')
      .map(({ name }) => [name] as const),
  ].map(([name]) => name);
};

/** Every connection that is used is listed, and every one that is listed is used. */
export const connectionsAreListed: Check = (_, flow) => {
  const { connectionReferences, definition } = flow.properties;
  const inputs = [...Object.values(definition.triggers), ...stepsOf(flow).map(({ action }) => action)].map(
    (one) => connectorInputs.safeParse(one.inputs).data?.host,
  );
  const used = inputs.flatMap((host) => (host ? [host] : []));
  const listed = Object.keys(connectionReferences);
  return [
    ...used.filter(({ connectionName, apiId }) => {
      const name = connectionReferences[connectionName]?.api.name;
      return apiId !== `/providers/Microsoft.PowerApps/apis/${name ?? 'unlisted'}`;
    }),
    ...listed.filter((name) => !used.some(({ connectionName }) => connectionName === name)),
  ].map((one) => JSON.stringify(one));
};

/** Steps run after steps of their own level, in no circle; names are unique in the whole flow. */
export const orderIsSound: Check = (_, flow) => {
  const steps = stepsOf(flow);
  const names = steps.map(({ name }) => name);
  return [
    ...names.filter((name, index) => names.indexOf(name) !== index),
    ...steps.flatMap(({ name, action, level, before }) => [
      ...Object.keys(action.runAfter).filter((other) => !level.includes(other)),
      ...(before.has(name) ? [`${name} runs after itself`] : []),
    ]),
  ];
};

/** Functions of the workflow definition language that a sample may use ("Reference guide to workflow expression functions"). */
const functions = new Set([
  ...['triggerBody', 'triggerOutputs', 'body', 'outputs', 'item', 'items', 'parameters', 'workflow', 'utcNow'],
  ...['concat', 'join', 'coalesce', 'empty', 'equals', 'not', 'and', 'or', 'if', 'first', 'length', 'createArray'],
  ...['addHours', 'addMinutes', 'formatDateTime', 'encodeUriComponent', 'toLower', 'string'],
]);

/** Expressions can be read; what they refer to has run before, and has the properties that are taken of it. */
export const expressionsLeadSomewhere: Check = (swagger, flow) =>
  stepsOf(flow).flatMap(({ name, action, before }) => {
    const { actions, else: otherwise, cases, default: rest, ...own } = action;
    try {
      return [...expressionsIn(own)].flatMap((expression) =>
        [...callsIn(expression)].flatMap((call) => {
          const source = sourceOf(flow, call);
          const hasRun = source === undefined || source === 'trigger' || before.has(source.named);
          shapeOf(swagger, flow, call, action);
          return [
            ...(functions.has(call.name) ? [] : [`${name}: there is no function ${call.name}`]),
            ...(hasRun ? [] : [`${name}: ${source.named} has not run before`]),
          ];
        }),
      );
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });

/** The operationIds that flows use, so that a test sees which samples there are. */
export function operationsUsed(swagger: Swagger, flow: Flow): string[] {
  const { triggers } = flow.properties.definition;
  const inputs = [...Object.values(triggers), ...stepsOf(flow).map(({ action }) => action)].map((one) => one.inputs);
  const used = inputs.map((one) => ownOperation(swagger, one)?.operation.operationId);
  return operationsOf(swagger)
    .map(({ operation }) => operation.operationId ?? '')
    .filter((id) => used.includes(id));
}
