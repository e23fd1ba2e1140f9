import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { expectPage } from './statusReply.ts';

let cloud: TestCloud;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = await startTestHost(cloud, {
    KEY_VAULT_URL: 'ftp://concealed.example/<b>',
    MEETING_PLATFORMS: '<i>concealed</i>',
  });
});
afterAll(async () => {
  await service.stop();
  await cloud.stop();
});

test('settings that cannot be used are a page that names them, not their values', async () => {
  const response = await fetch(`${service.host.url}/api/status?code=${functionKey}`);
  const { title, text, html } = await expectPage(response, 503);
  expect(title).toBe('fail – Anonymous Join');
  expect(text).toMatch(/^Anonymous Join ✕ fail The service is not configured correctly\. Correct the settings: /);
  for (const name of ['KEY_VAULT_URL', 'MEETING_PLATFORMS']) expect(text).toContain(name);
  expect(html).not.toMatch(/concealed/);
});
