import * as z from 'zod';
import { connectorDefinition } from '../../../connector/generate/definition.ts';
import { healthChange } from '../../../lib/contract/schemas/health.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../../support/testHost.ts';
import { powerAutomate, type PowerAutomate } from '../powerAutomate.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { connectorInputs, flowSchema, readFlows, stepsOf, type Action } from './flow.ts';

let cloud: TestCloud;
let service: TestHost;
let flows: PowerAutomate;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud);
  const definition = connectorDefinition({ host: 'join.contoso.example', connection: 'function-key' });
  flows = powerAutomate({ definition, serviceUrl: service.host.url, credential: functionKey });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

/** The actions of a sample by name, those inside others too. */
function actionsOf(sample: string): (name: string) => Action {
  const steps = stepsOf(flowSchema.parse(readFlows()[sample]));
  return (name) => {
    const step = steps.find((one) => one.name === name);
    if (!step) throw new Error(`${sample} has no ${name}`);
    return step.action;
  };
}

const parametersOf = ({ inputs }: Action, scope: Scope): Record<string, unknown> =>
  connectorInputs.parse(evaluate(inputs, scope)).parameters;

test('a booking becomes one meeting; its link goes to the booking system, and only the page’s link to the customer', async () => {
  const actionOf = actionsOf('send-the-guest-link-when-a-customer-books');
  const booking = {
    bookingId: 'B-2026-0042',
    customerEmail: 'customer@example.com',
    advisorSipAddress: 'advisor@contoso.com',
    endsAt: new Date(Date.now() + 7_200_000).toISOString(),
  };
  const page = evaluate(actionOf('Fill_in').inputs, { triggerBody: booking, steps: {} });
  const before = { triggerBody: booking, steps: { Fill_in: page } };
  const values = parametersOf(actionOf('Create_meeting'), before);
  const meeting = await flows.run('CreateMeeting', values);
  expect(meeting.status).toBe(201);
  expect((await flows.run('CreateMeeting', values)).json).toEqual(meeting.json);

  const scope = { ...before, steps: { Fill_in: page, Create_meeting: meeting.json } };
  const { meetingUrl, expiryTime } = meeting.json;
  expect(evaluate(actionOf('Give_the_meeting_to_the_booking_system').inputs, scope)).toEqual({
    statusCode: 200,
    body: { bookingId: booking.bookingId, meetingUrl, expiryTime },
  });
  const mail = parametersOf(actionOf('Send_the_guest_link'), scope);
  expect(mail['emailMessage/To']).toBe(booking.customerEmail);
  expect(mail['emailMessage/Body']).toContain('href="https://advisor.contoso.com/join?booking=B-2026-0042"');
  expect(JSON.stringify(mail)).not.toContain(new URL(String(meetingUrl)).host);

  // What the booking system was given is what the page's back end needs.
  expect((await flows.run('IssueAnonymousToken', { 'body/meetingUrl': meetingUrl })).status).toBe(201);
});

const query = z.object({ where: z.string() });
const select = z.object({ select: z.string() });

test('the team learns what fails and what to do, out of a notification of the service', async () => {
  const actionOf = actionsOf('post-to-the-team-when-health-fails');
  await flows.run('SubscribeToHealth', { 'body/callbackUrl': 'https://hooks.example/sample' });
  cloud.simulator.world.faults.set('platform.applications', { status: 403 });
  const { checkDiscovery } = cloud.newApp();
  for (let run = 0; run < 2; run += 1) await checkDiscovery(undefined, () => undefined);
  const [alert] = cloud.simulator.world.alerts.filter(({ path }) => path === '/sample');
  const change = healthChange.parse(alert?.body);
  const scope = { triggerBody: change, steps: {} };
  expect(evaluate(actionOf('Which_status').expression, scope)).toBe('fail');

  const { where } = query.parse(actionOf('Parts_that_are_not_well').inputs);
  const bad = change.checks.filter((item) => evaluate(where, { ...scope, item }) === true);
  expect(bad.map(({ name }) => name)).toEqual(['trusted-application']);
  const { select: line } = select.parse(actionOf('What_to_do').inputs);
  const lines = bad.map((item) => evaluate(line, { ...scope, item }));

  const place = evaluate(actionOf('Fill_in').inputs, scope);
  const message = parametersOf(actionOf('Tell_the_team'), { ...scope, steps: { Fill_in: place, What_to_do: lines } });
  expect(message['body/messageBody']).toBe(
    `<p><b>Guests cannot join meetings.</b> Confirmed at ${change.checkedAt}; before it was pass.</p>` +
      `<ul><li>trusted-application (applications): ${String(bad[0]?.action)}</li></ul>`,
  );
  expect(message).toMatchObject({ 'body/recipient/groupId': '00000000-0000-0000-0000-000000000000' });
});
