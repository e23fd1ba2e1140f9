import { startTableProxy, type TableProxy } from '../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { expectPage } from './statusReply.ts';

let cloud: TestCloud;
let proxy: TableProxy;
let service: TestHost;

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await startTableProxy(cloud.tablesConnectionString);
  service = await startTestHost(cloud, { TABLES_CONNECTION_STRING: proxy.connectionString });
});
afterAll(async () => {
  await service.stop();
  await proxy.stop();
  await cloud.stop();
});

const open = (query: string, headers = {}): Promise<Response> =>
  fetch(`${service.host.url}/api/status${query}`, { headers });
/** As a browser does it, which sends no headers of its own. */
const withKey = `?code=${functionKey}`;

test('without the key, or with another one, the host answers, and no function runs', async () => {
  for (const query of ['', '?code=', '?code=wrong', `?Code=${functionKey}x`]) {
    const response = await open(query);
    expect([response.status, await response.text()]).toEqual([401, '']);
  }
  expect(service.log.filter(({ functionName }) => functionName === 'getStatus')).toEqual([]);
});

// What is read is remembered for ten seconds, so that these are one story.
test('storage that is down is a page that says so; mended, the page shows every part with its steps', async () => {
  cloud.simulator.world.faults.set('platform.application', { status: 500 });
  await cloud.newApp().checkDiscovery(undefined, () => undefined);
  cloud.simulator.world.faults.clear();

  await proxy.setDown(true);
  const response = await open(withKey);
  expect(response.headers.get('retry-after')).toBe('2');
  const down = await expectPage(response, 503);
  expect(down.title).toBe('fail – Anonymous Join');
  expect(down.text).toMatch(/^Anonymous Join ✕ fail The checks cannot be read\. See to the storage account,/);
  expect(down.text).toMatch(/In the log: [0-9a-f-]{36}$/);
  await proxy.setDown(false);

  const { title, all, text, html } = await expectPage(await open(withKey), 200);
  expect(title).toBe('fail – Anonymous Join');
  expect(all('h2')).toEqual([
    'What to do',
    'trusted-application ✕ fail',
    'secrets ✓ pass',
    'Changes of the status',
    'How to read it',
  ]);
  expect(all('h3').map((heading) => heading.split(' ')[0])).toEqual([
    ...['credentials', 'discover', 'applications', 'application'],
    ...['guest-keys', 'trusted-application'],
  ]);
  expect(text).toMatch(/✕ fail trusted-application, application: [A-Z][^.]+\./);
  expect(html).not.toContain(functionKey);

  // What was just read is shown without asking storage, also to twenty at once.
  await proxy.setDown(true);
  const again = await Promise.all(Array.from({ length: 20 }, async () => (await open(withKey)).text()));
  expect(new Set(again)).toEqual(new Set([html]));
  const byHeader = await open('', { 'x-functions-key': functionKey });
  expect(await byHeader.text()).toBe(html);
  await proxy.setDown(false);
});

test('who says to be somebody is not listened to', async () => {
  const headers = { 'x-ms-client-principal': '!', authorization: 'Bearer x', 'x-functions-key': functionKey };
  await expectPage(await open('', headers), 200);
});

test('each look is a line in the log, without the key', async () => {
  await open(withKey);
  const lines = service.log.filter(({ functionName, category }) => functionName === 'getStatus' && category === 'user');
  expect(JSON.parse(lines.at(-1)?.message ?? '')).toMatchObject({ endpoint: 'GetStatus', status: 200 });
  expect(JSON.stringify(service.log)).not.toContain(functionKey);
});

test('only reading is possible', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    expect((await fetch(`${service.host.url}/api/status${withKey}`, { method })).status).toBe(404);
  }
});
