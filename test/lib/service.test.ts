import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { startTestService } from '../support/testService.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.stop());

test('two services with different settings live side by side in one process', async () => {
  const ours = startTestService(cloud);
  const theirs = startTestService(cloud, {
    MEETING_PLATFORMS: 'ucwa',
    ALLOWED_ORIGINS: 'https://bank.example',
    SAMPLE_SERVICE_ENDPOINTS: 'open',
  });
  const ask = { meetingUrl, allowedOrigins: ['https://www.contoso.example'] };
  const [issued, refused] = await Promise.all([
    ours.call('POST', '/api/v1/anonymous-tokens', ask),
    theirs.call('POST', '/api/v1/anonymous-tokens', ask),
  ]);
  expect([issued.status, issued.json['platform']]).toEqual([201, 'trusted-application']);
  expect([refused.status, refused.json['code']]).toEqual([400, 'meeting-url-not-supported']);
  const here = { meetingUrl: 'https://meet.contoso.example/john/5LB7MRBC' };
  expect((await theirs.call('POST', '/api/v1/preflight', here)).json).toMatchObject({ platform: 'ucwa' });
  expect((await ours.call('POST', '/api/v1/preflight', here)).json).toMatchObject({ status: 'fail' });
  expect((await ours.fetch('/api/GetAnonTokenJob', { method: 'POST' })).status).toBe(404);
  expect((await theirs.fetch('/api/GetAnonTokenJob', { method: 'POST' })).status).toBe(500);
});

test('nothing is connected to before it is needed', () => {
  const before = cloud.simulator.world.calls.length;
  cloud.newApp({ KEY_VAULT_URL: 'https://nobody.vault.example/', TABLES_CONNECTION_STRING: 'AccountName=nobody;' });
  expect(cloud.simulator.world.calls).toHaveLength(before);
});
