import { resolved, type Schema, type Swagger } from '../lint/swagger.ts';
import type { Check } from './checks.ts';
import { callsIn, expressionsIn, type Call } from './expressions.ts';
import { connectorInputs, stepsOf, type Action, type Flow, type Trigger } from './flow.ts';
import { answerOf, ownConnection, ownOperation, sourceOf } from './shapes.ts';

/** What admits to a meeting, or leads to where it is held: it may not stand in a run history (SECURITY.md). */
const secretFields = new Set([
  ...['token', 'applicationSessionId', 'meetingUrl', 'discoverUrl', 'applicationsUrl', 'conferenceUri'],
  ...['onlineMeetingUri', 'conferenceId'],
]);

/** Actions that give out what they were given. */
const echoes = ['Compose', 'Select', 'Query', 'Response', 'Http', 'ParseJson', 'Join'];
/** Actions of which nothing can be hidden. */
const open = ['If', 'Switch', 'Foreach', 'Until', 'Scope', 'Terminate'];

type Side = 'inputs' | 'outputs';

function isSecured({ runtimeConfiguration }: Action | Trigger, side: Side): boolean {
  return runtimeConfiguration?.secureData.properties.includes(side) ?? false;
}

function hasSecret(swagger: Swagger, schema: Schema | undefined): boolean {
  const found = resolved(swagger, schema);
  const fields = Object.entries(found?.properties ?? {});
  return (
    fields.some(([name, field]) => secretFields.has(name) || hasSecret(swagger, field)) ||
    (found?.items !== undefined && hasSecret(swagger, found.items))
  );
}

/** The calls in what an action itself is given, without the actions inside it. */
function callsOf(action: Action): Call[] {
  const { inputs, expression } = action;
  return [...expressionsIn({ inputs, expression })].flatMap((one) => [...callsIn(one)]);
}

function readsSecured(flow: Flow, action: Action): boolean {
  const [trigger] = Object.values(flow.properties.definition.triggers);
  return callsOf(action).some((call) => {
    const source = sourceOf(flow, call);
    if (source === 'trigger') return trigger !== undefined && isSecured(trigger, 'outputs');
    return source?.step !== undefined && isSecured(source.step.action, 'outputs');
  });
}

/** Steps whose request or answer carries a secret hide it, and so does every step that reads of one that hides something. */
export const secretsAreHidden: Check = (swagger, flow) =>
  stepsOf(flow).flatMap(({ name, action }) => {
    const operation = ownOperation(swagger, action.inputs);
    const reads = readsSecured(flow, action);
    const takesSecret = operation?.parameters.some(({ schema }) => hasSecret(swagger, schema)) ?? false;
    const givesSecret = operation !== undefined && hasSecret(swagger, answerOf(swagger, operation));
    return [
      ...(open.includes(action.type) && reads ? [`${name} shows what it reads`] : []),
      ...((reads || takesSecret) && !isSecured(action, 'inputs') ? [`${name} shows its inputs`] : []),
      ...((givesSecret || (reads && echoes.includes(action.type))) && !isSecured(action, 'outputs')
        ? [`${name} shows its outputs`]
        : []),
    ];
  });

/** What comes from outside with people in it is hidden from the first step on. */
export const requestsAreHidden: Check = (_, { properties: { definition } }) =>
  Object.entries(definition.triggers).flatMap(([name, trigger]) =>
    trigger.type === 'Request' && !isSecured(trigger, 'outputs') ? [name] : [],
  );

/** Other connectors, such as mail and chat, are never given what admits to a meeting. */
export const secretsStayInside: Check = (_, flow) =>
  stepsOf(flow).flatMap(({ name, action }) => {
    const { data } = connectorInputs.safeParse(action.inputs);
    if (!data || data.host.connectionName === ownConnection) return [];
    return callsOf(action).flatMap((call) => {
      const source = sourceOf(flow, call);
      const isOwn = typeof source === 'object' && source.step !== undefined && isSecured(source.step.action, 'outputs');
      const isWhole = isOwn && call.path.length === 0;
      return isWhole || call.path.some((property) => secretFields.has(property)) ? [`${name} shows ${call.name}`] : [];
    });
  });
