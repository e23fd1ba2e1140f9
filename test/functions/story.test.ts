import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, startTestHost } from '../support/testHost.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud);
});

afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

test('a guest gets a token, drops out, rejoins as the same guest, and is removed', async () => {
  const issued = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl });
  expect(issued.status).toBe(201);
  expect(issued.headers.get('location')).toBe(`/api/v1/guests/${String(issued.json['guestId'])}`);
  const { applicationSessionId, guestId } = issued.json;

  const rejoined = await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId });
  expect(rejoined.status).toBe(200);
  expect(rejoined.json).toMatchObject({ applicationSessionId, guestId, rejoinCount: 1, identityPreserved: true });
  expect(cloud.simulator.world.platform.issued.map((token) => token.applicationSessionId)).toEqual([
    applicationSessionId,
    applicationSessionId,
  ]);

  const guest = await service.call('GET', `/api/v1/guests/${String(guestId)}`);
  expect(guest.json).toMatchObject({ guestId, state: 'active', platform: 'trusted-application', rejoinCount: 1 });
  const found = await service.call('POST', '/api/v1/guests/search', { meetingUrl });
  expect(found.json['guests']).toEqual([guest.json]);

  const removed = await service.call('DELETE', `/api/v1/guests/${String(guestId)}`);
  expect(removed.status).toBe(200);
  const refused = await service.call('POST', '/api/v1/rejoin-tokens', { applicationSessionId });
  expect(refused.status).toBe(410);
  expect(refused.json['code']).toBe('guest-removed');
  expect((await service.call('POST', '/api/v1/guests/search', { meetingUrl })).json['guests']).toEqual([]);
});
