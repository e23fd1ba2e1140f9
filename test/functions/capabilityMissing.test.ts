import { apiDefinition } from '../../lib/contract/openApi.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestService, startTestService } from '../support/testService.ts';
import { goodRequests } from './goodRequests.ts';
import { conformanceWith, type Definition } from './definition.ts';
import { expectProblem } from './problemReply.ts';

// A file of its own, because the app remembers what discovery found.
let cloud: TestCloud;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud);
});
afterAll(async () => {
  await cloud.stop();
});

test('an application without its permissions is told so, and nothing is stored for it', async () => {
  const conformance = conformanceWith(apiDefinition() as unknown as Definition);
  const { applicationSessionId } = (await cloud.newApp().issue({ meetingUrl }, AbortSignal.timeout(10_000))).guest;
  const stored = await cloud.rows('guests');
  cloud.simulator.world.platform.missingLinks = ['anonApplicationTokens', 'adhocMeetings'];

  const issued = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl });
  expectProblem(issued, 'capability-missing');
  conformance.answer('issueAnonymousToken', issued);
  expect(await cloud.rows('guests')).toEqual(stored);

  const rejoined = await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId });
  expectProblem(rejoined, 'capability-missing');
  conformance.answer('issueRejoinToken', rejoined);

  const { method, path, body, headers } = goodRequests().createMeeting;
  const created = await service.call(method, path, body, headers);
  expectProblem(created, 'capability-missing');
  conformance.answer('createMeeting', created);
  expect(await cloud.rows('meetingRequests')).toEqual([]);
});
