import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPage, type Page } from '../../../local/page/page.ts';
import { meetingUrl, pem, startTestCloud, type TestCloud } from '../../support/testCloud.ts';
import { until } from '../../support/until.ts';

const functionKey = 'the-key-of-the-page-server';
let cloud: TestCloud;
let page: Page;
/** In the service's place: what it was asked. */
let service: Server;
let asked: { request: string; headers: IncomingHttpHeaders }[];
let answer: (outgoing: ServerResponse) => void;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = createServer(({ method = '', url = '', headers }, outgoing) => {
    asked.push({ request: `${method} ${url}`, headers });
    answer(outgoing);
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const serviceUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  page = await startPage({ simulator: cloud.simulator, ca: pem('ca'), functionKey, serviceUrl: () => serviceUrl });
});
beforeEach(() => {
  asked = [];
  answer = (outgoing) => outgoing.end('{}');
});
afterEach(() => cloud.simulator.world.reset());
afterAll(async () => {
  await page.stop();
  service.closeAllConnections();
  service.close();
  await cloud.stop();
});

const post = (path: string, body: unknown = {}, headers = {}, signal?: AbortSignal): Promise<Response> =>
  fetch(page.origin + path, {
    method: 'POST',
    ...(signal && { signal }),
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('everything that the browser loads is there, with a policy that lets nothing else in', async () => {
  for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) {
    const response = await fetch(page.origin + path);
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const text = await response.text();
    for (const secret of [functionKey, cloud.simulator.control.token]) expect(text).not.toContain(secret);
  }
});

test('the key is added on the way to the service, at the endpoints that the page needs and no others', async () => {
  for (const endpoint of ['anonymous-tokens', 'rejoin-tokens', 'preflight', 'meetings']) {
    expect((await post(`/api/v1/${endpoint}`)).status).toBe(200);
  }
  expect(asked.map(({ headers }) => headers['x-functions-key'])).toEqual(Array(4).fill(functionKey));
  asked = [];
  for (const path of ['/api/v1/guests/search', '/admin/functions/purgeGuests', '/api/v1/meetings/../health']) {
    expect((await post(path)).status).toBe(404);
  }
  expect((await fetch(`${page.origin}/api/status`)).status).toBe(404);
  expect(asked).toEqual([]);
});

test('of the control API there are the meetings in progress, and nothing that breaks the simulator', async () => {
  const opened = await post('/control/meetings', { conferenceUri: 'sip:a@contoso.example;gruu;opaque=x' });
  const { id } = (await opened.json()) as { id: string };
  expect(await (await fetch(`${page.origin}/control/meetings/${id}`)).json()).toMatchObject({ id, roster: [] });
  for (const path of ['/control/guests/end', '/control/clock', `/control/meetings/${id}/close`]) {
    expect((await post(path)).status).toBe(404);
  }
});

test('another page in the same browser is refused, also under another name for this machine', async () => {
  expect((await post('/api/v1/meetings', {}, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await post('/api/v1/meetings', {}, { origin: page.origin })).status).toBe(200);
  const outgoing = request(`${page.origin}/`, { headers: { host: 'evil.example' } }).end();
  const [response] = (await once(outgoing, 'response')) as [{ statusCode?: number; resume: () => void }];
  response.resume();
  expect(response.statusCode).toBe(403);
});

test('a simulated host is reached by its name, with the origin of the page', async () => {
  const { issue } = cloud.newApp({ ALLOWED_ORIGINS: page.origin });
  const { join } = await issue({ meetingUrl }, AbortSignal.timeout(10_000));
  const { host, pathname, search } = new URL(join.discoverUrl ?? '');
  const response = await fetch(`${page.origin}/via/${host}${pathname}${search}`);
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, page.origin]);
  expect(await response.json()).toMatchObject({ rel: 'service:discover' });
});

test.each(['www.contoso.com', 'localhost', '127.0.0.1', 'a.b.skype.example', 'evil-skype.example', 'skype.example'])(
  '%s is not a simulated host, and not reached',
  async (host) => {
    expect((await fetch(`${page.origin}/via/${host}/`)).status).toBe(404);
  },
);

test('a platform that is not there is a lost connection, as it would be without the page server', async () => {
  await cloud.simulator.world.faults.down('platform', true);
  await expect(fetch(`${page.origin}/via/api.skype.example/platformservice/discover`)).rejects.toThrow('fetch failed');
});

test('who goes away takes the connection behind the page server along', async () => {
  let lost = 0;
  answer = (outgoing) => outgoing.once('close', () => (lost += 1));
  const gone = new AbortController();
  const waiting = post('/api/v1/meetings', {}, {}, gone.signal);
  await until(() => asked.length === 1);
  expect(lost).toBe(0);
  gone.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await until(() => lost === 1);
});
