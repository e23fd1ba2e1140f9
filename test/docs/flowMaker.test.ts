import * as z from 'zod';
import { connectorDefinition } from '../../connector/generate/definition.ts';
import { operations } from '../../connector/generate/operations.ts';
import { titleOf } from '../../connector/generate/wording.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { evaluate, type Scope } from '../connector/flows/evaluate.ts';
import { connectorInputs, flowSchema, readFlows, stepsOf, type Action } from '../connector/flows/flow.ts';
import { powerAutomate, type PowerAutomate } from '../connector/powerAutomate.ts';
import { differences } from './answers.ts';
import { examplesOf, pageFor, rowsOf, sectionOf } from './page.ts';

const page = pageFor('flow-maker');
const flow = flowSchema.parse(readFlows()['send-the-guest-link-when-a-customer-books']);
const steps = stepsOf(flow);

function actionOf(name: string): Action {
  const step = steps.find((one) => one.name === name);
  if (!step) throw new Error(`the flow has no ${name}`);
  return step.action;
}

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

test('the booking of the page becomes a meeting, and the booking system gets what the page shows', async () => {
  const [example] = examplesOf(page);
  const booking = JSON.parse(example?.text ?? '') as Record<string, unknown>;
  // The page's date passes; the booking's must not have.
  const triggerBody = { ...booking, endsAt: new Date(Date.now() + 7_200_000).toISOString() };
  const before: Scope = { triggerBody, steps: {} };
  const { parameters } = connectorInputs.parse(evaluate(actionOf('Create_meeting').inputs, before));
  const meeting = await flows.run('CreateMeeting', parameters);
  const scope = { ...before, steps: { Create_meeting: meeting.json } };
  const answer = z
    .object({ body: z.unknown() })
    .parse(evaluate(actionOf('Give_the_meeting_to_the_booking_system').inputs, scope));
  expect(differences(JSON.parse(example?.answer?.text ?? ''), answer.body)).toEqual([]);
});

test('the steps are those of the sample flow, in its order', () => {
  const listed = [...sectionOf(page, 'Step by step').matchAll(/^\d\. \*\*([^*]+)\*\*/gm)].map(([, name = '']) => name);
  const { triggers } = flow.properties.definition;
  const names = [...Object.keys(triggers), ...steps.map(({ name }) => name)];
  expect(listed).toEqual(names.map((name) => name.replaceAll('_', ' ')));
});

test('what to put into the fields of Create meeting is what the sample has', () => {
  const { parameters } = connectorInputs.parse(actionOf('Create_meeting').inputs);
  const inSample = Object.entries(parameters).map(([name, value]) => [
    titleOf(name.replace(/^body\//, '')),
    `\`${String(value).replace(/^@/, '')}\``,
  ]);
  const rows = sectionOf(page, 'Step by step').matchAll(/^ +\| ([A-Z][^|]*) \| (`.*`) \|$/gm);
  expect([...rows].map(([, field, value]) => [field, value])).toEqual(inSample);
  const { retryPolicy } = z
    .object({ retryPolicy: z.record(z.string(), z.unknown()) })
    .parse(actionOf('Create_meeting').inputs);
  expect(retryPolicy).toMatchObject({ type: 'fixed', count: 1 });
  expect(page).toContain(`interval \`${String(retryPolicy['interval'])}\``);
});

test('it tells of every action, and of nothing that an action does not give', () => {
  const rows = rowsOf(sectionOf(page, 'What each action gives')).slice(1);
  const actions = operations.filter(({ visibility, triggerHint }) => visibility !== 'internal' && !triggerHint);
  expect(rows.map(([name]) => name)).toEqual(actions.map(({ endpoint }) => endpoint.summary));
  for (const [name, used = ''] of rows) {
    const { endpoint } = actions.find((action) => action.endpoint.summary === name) ?? {};
    const given = Object.values(endpoint?.answers ?? {}).flatMap(({ schema }) =>
      Object.keys(schema?.shape ?? {}).map(titleOf),
    );
    const listed = [...used.matchAll(/\*([^*]+)\*/g)].map(([, title]) => title);
    expect(given).toEqual(expect.arrayContaining(listed));
  }
  const trigger = operations.find(({ triggerHint }) => triggerHint);
  expect(page).toContain(`The trigger **${trigger?.endpoint.summary ?? ''}**`);
});

test('the steps that it calls secure are those that the sample keeps out of the run history', () => {
  const listed = sectionOf(page, 'Step by step')
    .split(/^\d\. /m)
    .slice(1)
    .map((step) => /\bsecure\b/i.test(step));
  const { triggers } = flow.properties.definition;
  const inSample = [...Object.values(triggers), ...steps.map(({ action }) => action)];
  expect(listed).toEqual(inSample.map(({ runtimeConfiguration }) => runtimeConfiguration !== undefined));
});
