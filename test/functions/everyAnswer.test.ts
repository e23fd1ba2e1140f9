import { endpoints, type EndpointDefinition, type EndpointName } from '../../lib/contract/endpoints.ts';
import { startHost, type Host } from '../../local/host/host.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../support/testCloud.ts';
import { type TestHost, functionKey, startTestHost } from '../support/testHost.ts';
import { goodRequests, nobodysId } from './goodRequests.ts';
import { expectProblem, expectSafeHeaders } from './problemReply.ts';

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

const good = goodRequests();
const everyEndpoint = Object.entries<EndpointDefinition>(endpoints).map(([name, endpoint]) => ({
  name: name as EndpointName,
  method: endpoint.method,
  path: good[name as EndpointName].path,
  needsKey: endpoint.auth === 'caller',
  takesBody: endpoint.body !== undefined,
}));
const keyed = everyEndpoint.filter(({ needsKey }) => needsKey);
const linesOf = (name: string) => service.log.filter((line) => line.category === 'user' && line.functionName === name);

describe('the host alone answers', () => {
  test.each(keyed)('$method $path without the key: 401, no body, no function', async ({ name, method, path }) => {
    const before = linesOf(name).length;
    for (const headers of [{ 'x-functions-key': '' }, { 'x-functions-key': `${functionKey}x` }]) {
      const reply = await service.call(method, path, undefined, headers);
      expect({ status: reply.status, text: reply.text }).toEqual({ status: 401, text: '' });
    }
    expect(linesOf(name)).toHaveLength(before);
  });

  test.each([
    ['GET', '/api/v2/health'],
    ['GET', '/api/v1/anonymous-tokens'],
    ['GET', '/api/v1/meetings'],
    ['GET', '/api/v1/health-subscriptions'],
    ['GET', `/api/v1/health-subscriptions/${nobodysId}`],
    ['PUT', `/api/v1/guests/${nobodysId}`],
    ['GET', '/api/v1/guests/'],
    ['GET', `/api/v1/guests/${nobodysId}/token`],
    ['GET', '/'],
  ])('%s %s: 404, no body', async (method, path) => {
    const reply = await service.call(method, path);
    expect({ status: reply.status, text: reply.text }).toEqual({ status: 404, text: '' });
  });

  test('the open endpoints need no key', async () => {
    for (const { method, path } of everyEndpoint.filter(({ needsKey }) => !needsKey)) {
      const reply = await service.call(method, path, undefined, { 'x-functions-key': 'wrong' });
      expect(reply.status).toBe(200);
      expectSafeHeaders(reply);
    }
  });
});

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const claims = [{ typ: 'roles', val: 'admin' }];
const forged: [string, Record<string, string>][] = [
  [
    'a whole principal',
    { 'x-ms-client-principal': encoded({ auth_typ: 'aad', name_typ: 'n', role_typ: 'r', claims }) },
  ],
  ['no identityProvider', { 'x-ms-client-principal': encoded({ userId: 'x', userRoles: ['admin'] }) }],
  ['null', { 'x-ms-client-principal': encoded(null) }],
  ['no JSON', { 'x-ms-client-principal': Buffer.from('{').toString('base64') }],
  ['no base64', { 'x-ms-client-principal': '§$%&'.replaceAll('§', '!') }],
  [
    'names only',
    { 'x-ms-client-principal-id': 'x', 'x-ms-client-principal-name': 'x', 'x-ms-client-principal-idp': 'x' },
  ],
];

describe('forged principal headers', () => {
  test.each(forged)('with %s open no endpoint', async (_, headers) => {
    for (const { method, path } of keyed) {
      const reply = await service.call(method, path, undefined, { ...headers, 'x-functions-key': 'wrong' });
      expect(reply.status).toBe(401);
    }
  });

  test.each(forged)('with %s change no answer', async (_, headers) => {
    for (const { method, path, takesBody } of everyEndpoint) {
      const body = takesBody ? {} : undefined;
      const plain = await service.call(method, path, body);
      const reply = await service.call(method, path, body, headers);
      expect({ ...reply.json, instance: '' }).toEqual({ ...plain.json, instance: '' });
      expect(reply.status).toBe(plain.status);
      expectSafeHeaders(reply);
    }
    const issued = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl }, headers);
    expect(issued.status).toBe(201);
  });
});

describe('CORS', () => {
  const origin = 'https://www.contoso.example';

  test('is no business of the functions: an allowed origin of meeting tokens opens nothing', async () => {
    const reply = await service.call('POST', '/api/v1/anonymous-tokens', {}, { origin });
    expectProblem(reply, 'invalid-request');
    expect([...reply.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = await service.call('OPTIONS', '/api/v1/anonymous-tokens', undefined, { origin });
    expect({ status: preflight.status, text: preflight.text }).toEqual({ status: 404, text: '' });
  });

  test('is the host’s: with its list, a preflight is answered and no function runs', async () => {
    await service.stop();
    const ran: string[] = [];
    // The functions are registered once a process: a second host serves the same ones.
    const host: Host = await startHost({
      load: () => Promise.resolve(),
      functionKey,
      timers: false,
      cors: { origins: [origin] },
      log: ({ functionName }) => functionName !== undefined && ran.push(functionName),
    });
    try {
      const url = `${host.url}/api/v1/anonymous-tokens`;
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
      expect(ran).toEqual([]);
    } finally {
      await host.stop();
    }
  });
});
