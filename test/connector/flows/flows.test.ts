import { connectorDefinition } from '../../../connector/generate/definition.ts';
import { swaggerSchema } from '../lint/swagger.ts';
import {
  callsFitTheDefinition,
  connectionsAreListed,
  expressionsLeadSomewhere,
  operationsUsed,
  orderIsSound,
  triggersAreTriggers,
  type Check,
} from './checks.ts';
import { connectorInputs, flowSchema, readFlows, type Action, type Flow } from './flow.ts';
import { requestsAreHidden, secretsAreHidden, secretsStayInside } from './secrecyChecks.ts';

const swagger = swaggerSchema.parse(
  JSON.parse(JSON.stringify(connectorDefinition({ host: 'join.contoso.com', connection: 'function-key' }))),
);
const flows = readFlows();
const booking = (): Flow => flowSchema.parse(structuredClone(flows['send-the-guest-link-when-a-customer-books']));
const alarm = (): Flow => flowSchema.parse(structuredClone(flows['post-to-the-team-when-health-fails']));

test('the samples are flows, and show both halves of the connector', () => {
  expect(Object.keys(flows).sort()).toEqual([
    'post-to-the-team-when-health-fails',
    'send-the-guest-link-when-a-customer-books',
  ]);
  expect(operationsUsed(swagger, booking())).toEqual(['CreateMeeting']);
  expect(operationsUsed(swagger, alarm())).toEqual(['SubscribeToHealth']);
});

/** An action of the booking flow, to be spoiled. */
function step(flow: Flow, name: string): Action {
  const action = flow.properties.definition.actions[name];
  if (!action) throw new Error(`there is no ${name}`);
  return action;
}

/** The parameters of a connector's action, to be spoiled. */
function parametersOf(flow: Flow, name: string): Record<string, unknown> {
  const action = step(flow, name);
  const inputs = connectorInputs.parse(action.inputs);
  action.inputs = inputs;
  return inputs.parameters;
}

const trigger = ({ properties }: Flow) => Object.values(properties.definition.triggers)[0];

const checks: readonly (readonly [what: string, check: Check, brokenBy: Record<string, (flow: Flow) => unknown>])[] = [
  [
    'every call fits the definition',
    callsFitTheDefinition,
    {
      'an operation that is not there': (flow) => {
        const action = step(flow, 'Create_meeting');
        const inputs = connectorInputs.parse(action.inputs);
        inputs.host.operationId = 'ScheduleMeeting';
        action.inputs = inputs;
      },
      'a parameter that is not there': (flow) => (parametersOf(flow, 'Create_meeting')['body/title'] = 'Advice'),
      'a required one that is missing': (flow) => delete parametersOf(flow, 'Create_meeting')['Idempotency-Key'],
      'a choice that is none': (flow) => (parametersOf(flow, 'Create_meeting')['body/accessLevel'] = 'Nobody'),
    },
  ],
  [
    'triggers are triggers, and actions are none',
    triggersAreTriggers,
    {
      'an action that subscribes': (flow) => {
        const action = step(flow, 'Create_meeting');
        const inputs = connectorInputs.parse(action.inputs);
        inputs.host.operationId = 'SubscribeToHealth';
        action.inputs = inputs;
      },
    },
  ],
  [
    'the connections that are used are listed',
    connectionsAreListed,
    {
      'one that is not listed': (flow) => delete flow.properties.connectionReferences['shared_office365'],
      'one that is not used': (flow) => {
        const { connectionReferences } = flow.properties;
        const known = connectionReferences['shared_office365'];
        if (known) connectionReferences['shared_teams'] = known;
      },
    },
  ],
  [
    'steps run after steps that are there',
    orderIsSound,
    {
      'a step that is gone': (flow) => delete flow.properties.definition.actions['Fill_in'],
      'a circle': (flow) => (step(flow, 'Fill_in').runAfter = { Send_the_guest_link: ['Succeeded'] }),
    },
  ],
  [
    'every expression leads somewhere',
    expressionsLeadSomewhere,
    {
      'a step that is not there': (flow) =>
        (parametersOf(flow, 'Send_the_guest_link')['emailMessage/To'] = "@outputs('Fill_out')?['joinPage']"),
      'a step that has not run': (flow) => (step(flow, 'Create_meeting').runAfter = {}),
      'a field that the answer does not have': (flow) =>
        (step(flow, 'Give_the_meeting_to_the_booking_system').inputs = "@body('Create_meeting')?['joinUrl']"),
      'a field that the trigger does not have': (flow) =>
        (parametersOf(flow, 'Send_the_guest_link')['emailMessage/To'] = "@triggerBody()?['email']"),
      'a field that the step does not have': (flow) =>
        (parametersOf(flow, 'Send_the_guest_link')['emailMessage/Body'] = "@outputs('Fill_in')?['page']"),
      'a function that is not there': (flow) =>
        (parametersOf(flow, 'Create_meeting')['Idempotency-Key'] = '@newGuid()'),
      'a parenthesis too few': (flow) => (parametersOf(flow, 'Create_meeting')['Idempotency-Key'] = '@concat('),
    },
  ],
  [
    'what carries a token, a session or a link is hidden from the run history',
    secretsAreHidden,
    {
      'a step that shows what it is given': (flow) =>
        (step(flow, 'Create_meeting').runtimeConfiguration = { secureData: { properties: ['outputs'] } }),
      'a step that shows what it gives': (flow) =>
        (step(flow, 'Create_meeting').runtimeConfiguration = { secureData: { properties: ['inputs'] } }),
      'a reader that shows what it reads': (flow) =>
        delete step(flow, 'Give_the_meeting_to_the_booking_system').runtimeConfiguration,
      'a step that cannot hide it': (flow) =>
        (step(flow, 'End_as_failed').inputs = { runError: { message: "@body('Create_meeting')?['meetingUrl']" } }),
    },
  ],
  [
    'what the booking system sends is hidden from the first step on',
    requestsAreHidden,
    { 'a trigger that shows it': (flow) => delete trigger(flow)?.runtimeConfiguration },
  ],
  [
    'mail and chat are never given what admits to a meeting',
    secretsStayInside,
    {
      'a meeting link by mail': (flow) =>
        (parametersOf(flow, 'Send_the_guest_link')['emailMessage/Body'] =
          "Join: @{body('Create_meeting')?['meetingUrl']}"),
      'the whole answer by mail': (flow) =>
        (parametersOf(flow, 'Send_the_guest_link')['emailMessage/Body'] = "@{body('Create_meeting')}"),
    },
  ],
];

describe.each(checks)('%s', (_, check, brokenBy) => {
  test('in both samples', () => {
    expect([...check(swagger, booking()), ...check(swagger, alarm())]).toEqual([]);
  });

  test.each(Object.entries(brokenBy))('and not with %s', (__, spoil) => {
    const flow = booking();
    spoil(flow);
    expect(check(swagger, flow)).not.toEqual([]);
  });
});

test('the alarm reads what a notification has: a field that it has not is found', () => {
  const flow = alarm();
  const list = step(flow, 'What_to_do');
  list.inputs = { from: "@body('Parts_that_are_not_well')", select: "@item()?['advice']" };
  expect(expressionsLeadSomewhere(swagger, flow)).toEqual(['What_to_do: item has no advice']);
});

test('a meeting is made once for a booking: the key has 20 characters before the booking is added', () => {
  const key = String(parametersOf(booking(), 'Create_meeting')['Idempotency-Key']);
  const [, prefix = ''] = /^@concat\('([^']+)', triggerBody\(\)\?\['bookingId'\]\)$/.exec(key) ?? [];
  expect(prefix.length).toBeGreaterThanOrEqual(20);
  const schema = trigger(booking())?.inputs.schema as { properties: { bookingId: { pattern: string } } };
  const { pattern } = schema.properties.bookingId;
  // Neither an empty one nor one that would take the key beyond 100 characters.
  expect(new RegExp(pattern).test('a'.repeat(100 - prefix.length))).toBe(true);
  expect(new RegExp(pattern).test('a'.repeat(101 - prefix.length))).toBe(false);
  expect(new RegExp(pattern).test('')).toBe(false);
});
