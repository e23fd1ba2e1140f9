import { connectorDefinition } from '../../connector/generate/definition.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { powerAutomate, type PowerAutomate } from './powerAutomate.ts';

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
afterEach(async () => {
  cloud.simulator.world.faults.clear();
  await checkTwice();
});

/** The form that callback URLs of flows have: a port that need not be said, and a signature. */
const callback = (flow: string): string =>
  `https://hooks.example:443/workflows/${flow}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=c2lnbmF0dXJl`;
const notificationsOf = (flow: string): unknown[] =>
  cloud.simulator.world.alerts.filter(({ path }) => path.includes(`/${flow}/`)).map(({ body }) => body);

/** It takes two checks to confirm a change, as another process makes them. */
async function checkTwice(): Promise<void> {
  const { checkDiscovery } = cloud.newApp();
  await checkDiscovery(undefined, () => undefined);
  await checkDiscovery(undefined, () => undefined);
}

const subscribe = async (flow: string): Promise<string> => {
  const { status, headers } = await flows.run('SubscribeToHealth', { 'body/callbackUrl': callback(flow) });
  expect(status).toBe(201);
  return headers.get('location') ?? '';
};

test('a flow is notified of each change in the form of the definition, until it is turned off', async () => {
  const location = await subscribe('team');
  await checkTwice();
  expect(notificationsOf('team')).toEqual([]);

  cloud.simulator.world.faults.set('platform.applications', { status: 403 });
  await checkTwice();
  cloud.simulator.world.faults.clear();
  await checkTwice();
  expect(notificationsOf('team')).toMatchObject([
    {
      status: 'fail',
      previous: 'pass',
      checks: [{ failing: 'applications', action: expect.any(String) as string }, {}],
    },
    { status: 'pass', previous: 'fail' },
  ]);
  for (const body of notificationsOf('team')) flows.expectNotification('SubscribeToHealth', body);

  expect((await flows.end(location)).status).toBe(200);
  cloud.simulator.world.faults.set('platform.applications', { status: 403 });
  await checkTwice();
  expect(notificationsOf('team')).toHaveLength(2);
  expect((await flows.end(location)).json['code']).toBe('subscription-not-found');
});

test('a flow that is saved again keeps its one subscription, and another flow has its own', async () => {
  const location = await subscribe('saved');
  expect(await subscribe('saved')).toBe(location);
  expect(await subscribe('other')).not.toBe(location);
  await flows.end(location);
  cloud.simulator.world.faults.set('platform.applications', { status: 403 });
  await checkTwice();
  expect([notificationsOf('saved').length, notificationsOf('other').length]).toEqual([0, 1]);
});

test('a notification that the definition does not have is seen to be none', () => {
  const change = { event: 'discovery-health-changed', status: 'fail', previous: 'pass', checks: [] };
  const checkedAt = new Date(0).toISOString();
  flows.expectNotification('SubscribeToHealth', { ...change, checkedAt });
  expect(() => {
    flows.expectNotification('SubscribeToHealth', change);
  }).toThrow('checkedAt');
  expect(() => {
    flows.expectNotification('SubscribeToHealth', { ...change, checkedAt, callbackUrl: callback('team') });
  }).toThrow('callbackUrl');
});

test('a callback elsewhere than with the flow service is refused', async () => {
  const { status, json } = await flows.run('SubscribeToHealth', { 'body/callbackUrl': 'https://evil.example/hook' });
  expect([status, json['code']]).toEqual([400, 'callback-not-allowed']);
});
