import { once } from 'node:events';
import { request as send, type IncomingMessage } from 'node:http';
import { endpoints, type EndpointName } from '../../lib/contract/endpoints.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { goodRequests, type GoodRequest } from './goodRequests.ts';

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

/** Every header in which a proxy, or whoever pretends to be one, names the host that was asked for. */
const pretences = {
  host: 'pretended-host.example',
  'x-forwarded-host': 'pretended-forwarded.example',
  'x-original-host': 'pretended-original.example',
  'x-host': 'pretended-x-host.example',
  'x-forwarded-server': 'pretended-server.example',
  'x-forwarded-proto': 'pretended-proto',
  'x-forwarded-port': 'pretended-port',
  'x-original-url': 'https://pretended-url.example/pretended-path',
  'x-waws-unencoded-url': 'https://pretended-url.example/pretended-path',
  forwarded: 'host=pretended-rfc7239.example;proto=pretended-proto',
  'disguised-host': 'pretended-disguised.example',
  referer: 'https://pretended-referer.example/',
  origin: 'https://pretended-origin.example',
  via: '1.1 pretended-via.example',
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** By hand, because fetch does not let a caller name another host. */
async function ask({ method, path, body, headers }: GoodRequest): Promise<Answer> {
  const sent = body && JSON.stringify(body);
  const request = send(service.host.url + path, {
    method,
    headers: {
      ...(sent && { 'content-type': 'application/json', 'content-length': sent.length }),
      'x-functions-key': functionKey,
      ...pretences,
      ...headers,
    },
  });
  request.end(sent);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

function expectNoPretence(endpoint: string, { status, headers, text }: Answer): void {
  const found = /pretended[\w.-]*/.exec(JSON.stringify(headers) + text);
  expect({ endpoint, status, found: found?.[0] }).toEqual({ endpoint, status, found: undefined });
}

const names = Object.keys(endpoints) as EndpointName[];

test('no answer of any endpoint, good or bad, repeats the host that a request names', async () => {
  const issued = JSON.parse((await ask(goodRequests().issueAnonymousToken)).text) as Record<string, unknown>;
  const subscribed = JSON.parse((await ask(goodRequests().subscribeToHealth)).text) as Record<string, unknown>;
  const { applicationSessionId, guestId } = issued;
  const good = goodRequests({ applicationSessionId, guestId, subscriptionId: subscribed['subscriptionId'] });
  // Those that end something come last.
  const ending: EndpointName[] = ['removeGuest', 'unsubscribeFromHealth'];
  for (const endpoint of [...names.filter((name) => !ending.includes(name)), ...ending]) {
    const answer = await ask(good[endpoint]);
    expect([endpoint, answer.status < 300]).toEqual([endpoint, true]);
    expectNoPretence(endpoint, answer);
    const { headers } = good[endpoint];
    for (const spoilt of [
      { ...good[endpoint], headers: { ...headers, 'x-functions-key': 'wrong' } },
      { ...good[endpoint], body: { surprise: true }, headers: {} },
      { ...good[endpoint], headers: { ...headers, 'content-type': 'text/plain' } },
      { ...good[endpoint], path: `${good[endpoint].path}/more` },
      { ...good[endpoint], path: good[endpoint].path.slice(0, -1) },
      { ...good[endpoint], method: 'PATCH' },
      { ...good[endpoint], method: 'OPTIONS' },
    ]) {
      expectNoPretence(endpoint, await ask(spoilt));
    }
  }
});

test('a Location is a path, or begins with the public base', async () => {
  const issued = await ask(goodRequests().issueAnonymousToken);
  expect(issued.headers.location).toMatch(/^\/api\/v1\/guests\/[\w-]{43}$/);
  const subscribed = await ask(goodRequests().subscribeToHealth);
  expect(subscribed.headers.location).toMatch(
    /^https:\/\/join\.contoso\.example\/api\/v1\/health-subscriptions\/[\w-]{43}$/,
  );
});

test('nor does any log line, or row', async () => {
  expect(JSON.stringify(service.log)).not.toMatch(/pretended/);
  for (const name of ['guests', 'meetingGuests', 'meetingRequests', 'healthSubscriptions'] as const) {
    expect(JSON.stringify(await cloud.rows(name))).not.toMatch(/pretended/);
  }
});

test('nor does the page for people', async () => {
  const page = await ask({ ...goodRequests().getHealth, path: '/api/status' });
  expect(page.status).toBe(200);
  expectNoPretence('getStatus', page);
});
