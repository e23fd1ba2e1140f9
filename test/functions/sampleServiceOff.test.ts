import { randomUUID } from 'node:crypto';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import * as clients from './sampleService/clients.ts';
import { exchange } from './sampleService/exchange.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  // Nobody asked for them.
  service = await startTestHost(cloud, { SAMPLE_SERVICE_ENDPOINTS: '' });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

test('the endpoints are not there, with or without a key', async () => {
  expect(service.host.functions).toEqual(expect.arrayContaining(['issueAnonymousToken', 'createMeeting']));
  expect(service.host.functions.filter((name) => name.endsWith('Job'))).toEqual([]);
  const requests = [clients.webPage(randomUUID()), clients.ios, clients.webPageAdhoc];
  for (const request of requests) {
    for (const query of ['', `?code=${functionKey}`]) {
      const bytes = request.replace('Job HTTP', `Job${query} HTTP`);
      expect(await exchange(service.host.port, bytes)).toMatchObject({ status: 404, text: '' });
    }
  }
});
