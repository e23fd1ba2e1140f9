import { connectorDefinition } from '../../connector/generate/definition.ts';
import type { CallerName } from '../../local/simulator/upstreams/entra/callers.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';
import { powerAutomate, type PowerAutomate } from './powerAutomate.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  const { applications } = cloud.simulator.callers;
  const callers = [applications.advisorApp, applications.flowConnector].map(({ clientId }) => clientId);
  const settings = { CALLER_AUTH: 'entra', CALLER_APP_IDS: callers.join() };
  service = await startTestHost(cloud, settings, { authentication: {} });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

/** The connector of an application, in a connection that a user of the tenant has made. */
function connected(application: CallerName): PowerAutomate {
  const { callers, entra } = cloud.simulator;
  const { clientId } = callers.applications[application];
  const resource = `api://${callers.api.clientId}`;
  const connection = { tenantId: entra.tenantId, clientId, resource };
  return powerAutomate({
    definition: connectorDefinition({ host: 'join.contoso.example', connection }),
    serviceUrl: service.host.url,
    credential: callers.accessToken({ application: callers.applications[application], user: callers.advisor }),
  });
}

test('with Entra, a flow calls as the connector’s registration, whose guests they are', async () => {
  const flows = connected('flowConnector');
  const issued = await flows.run('IssueAnonymousToken', { 'body/meetingUrl': meetingUrl });
  expect(issued.status).toBe(201);
  const { guestId } = issued.json;
  expect((await flows.run('GetGuest', { guestId })).status).toBe(200);
  const { clientId } = cloud.simulator.callers.applications.flowConnector;
  expect((await cloud.rows('guests')).map(({ owner }) => owner)).toEqual([clientId]);
  // For another application it does not exist.
  expect((await connected('advisorApp').run('GetGuest', { guestId })).status).toBe(404);
});

test('the trigger works with Entra too, and ends with the same connection', async () => {
  const flows = connected('flowConnector');
  const subscribed = await flows.run('SubscribeToHealth', { 'body/callbackUrl': 'https://hooks.example/flow' });
  const location = subscribed.headers.get('location') ?? '';
  expect((await connected('advisorApp').end(location)).status).toBe(404);
  expect((await flows.end(location)).status).toBe(200);
});

test('a connector that the administrator has not listed is refused, in a form that the definition lists', async () => {
  expect((await connected('stranger').run('GetHealth')).status).toBe(403);
});
