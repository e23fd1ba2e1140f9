import { app } from '@azure/functions';
import { request as httpRequest } from 'node:http';
import { startHost, type Host } from '../../../local/host/host.ts';
import type { HostLogLine } from '../../../local/host/hostLog.ts';

const functionKey = 'the key';
const id = '6f9619ff-8b86-d011-b42d-00cf4fc964ff';
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let host: Host;
let lines: HostLogLine[] = [];

beforeAll(async () => {
  host = await startHost({
    load: () => import('./fixtureApp.ts'),
    functionKey,
    environment: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' },
    log: (line) => lines.push(line),
  });
});
beforeEach(() => {
  lines = [];
});
afterAll(() => host.stop());

const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${host.url}${path}`, init);

/** Without what fetch does to a path. */
function callRaw(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port: host.port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject).end();
  });
}

describe('a request that reaches its function', () => {
  it('brings method, URL, parameters, query, headers, body and trace', async () => {
    const response = await call(`/api/v1/echo/${id}/caf%C3%A9?a=1&a=2&b=%20x`, {
      method: 'POST',
      headers: { 'x-sent': 'sent', traceparent },
      body: 'körper',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${host.url}/api/v1/echo/${id}/caf%C3%A9?a=1&a=2&b=%20x`,
      params: { id, part: 'café' },
      query: { a: '1,2', b: ' x' },
      header: 'sent',
      body: 'körper',
      traceParent: traceparent,
    });
  });

  it('has a trace of its own when the caller has none', async () => {
    const { traceParent } = (await (await call(`/api/v1/echo/${id}`)).json()) as { traceParent: string };
    expect(traceParent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('may leave an optional parameter out, and end in a slash', async () => {
    const response = await call(`/API/V1/echo/${id}/`);
    expect(await response.json()).toMatchObject({ params: { id } });
  });

  it('carries bytes both ways', async () => {
    const sent = new Uint8Array([0, 1, 254, 255]);
    const response = await call('/api/bytes', { method: 'PUT', body: sent });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([255, 254, 1, 0]));
  });

  it('gets status, headers and cookies', async () => {
    const response = await call('/api/decorated');
    expect(response.status).toBe(418);
    expect(response.headers.get('x-own')).toBe('yes');
    expect(response.headers.getSetCookie()).toEqual([
      'seat=a%20b; max-age=60; path=/; secure; samesite=none; httponly',
      'row=1; domain=example.org; path=/api',
    ]);
  });

  it('gets 204 from a function that returns nothing', async () => {
    expect((await call('/api/mute')).status).toBe(204);
  });
});

describe('a request that reaches no function', () => {
  it.each([
    ['an unknown path', 'GET', '/elsewhere'],
    ['a path outside the prefix', 'GET', '/guarded'],
    ['a method that is not listed', 'POST', '/api/guarded'],
    ['HEAD where GET is listed', 'HEAD', '/api/guarded'],
    ['OPTIONS without CORS', 'OPTIONS', '/api/guarded'],
    ['a path longer than its route', 'GET', '/api/guarded/more'],
  ])('gets 404 with an empty body for %s', async (_, method, path) => {
    const response = await call(path, { method });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  it('prefers the more precise route', async () => {
    expect(await (await call('/api/anything')).text()).toBe('rest');
    expect(await (await call('/api/guarded', { headers: { 'x-functions-key': functionKey } })).text()).toBe('in');
  });

  it('does not let the target or the Host header name another place', async () => {
    expect(await callRaw('//evil.example/api/mute')).toBe(404);
    expect(await callRaw('/api/mute', { host: 'not a host' })).toBe(400);
  });

  it('gets 413 for a body over the limit, announced or not', async () => {
    const body = 'x'.repeat(1001);
    const inPieces = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
    expect((await call('/api/bytes', { method: 'PUT', body })).status).toBe(413);
    const init: RequestInit & { duplex: 'half' } = { method: 'PUT', body: inPieces, duplex: 'half' };
    expect((await call('/api/bytes', init)).status).toBe(413);
    expect((await call('/api/bytes', { method: 'PUT', body: body.slice(1) })).status).toBe(200);
  });
});

describe('the function key', () => {
  it.each(['/api/guarded', '/api/forAdmins'])('opens %s, in the header or in the query', async (path) => {
    const status = async (query: string, key?: string): Promise<number> =>
      (await call(path + query, key === undefined ? {} : { headers: { 'x-functions-key': key } })).status;
    expect(await status('')).toBe(401);
    expect(await status('', 'another key')).toBe(401);
    expect(await status('?code=another')).toBe(401);
    expect(await status('', functionKey)).toBe(200);
    expect(await status(`?code=${encodeURIComponent(functionKey)}`)).toBe(200);
    expect(await status(`?code=${encodeURIComponent(functionKey)}`, 'another key')).toBe(401);
  });

  it('is refused with an empty body', async () => {
    expect(await (await call('/api/guarded')).text()).toBe('');
  });
});

describe('a function that fails', () => {
  it.each([
    ['failing', 'Error: broken on purpose'],
    ['notAResponse', 'The HTTP response must be an object'],
  ])('answers 500 with an empty body and is logged: %s', async (name, reason) => {
    const response = await call(`/api/${name}`);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('');
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        category: 'system',
        functionName: name,
        message: expect.stringContaining(reason) as string,
      }),
    );
  });
});

describe('the log', () => {
  it('names the function and the invocation that wrote a line', async () => {
    await call('/api/talk');
    expect(lines.filter(({ category }) => category === 'user')).toEqual([
      {
        level: 'warning',
        category: 'user',
        functionName: 'talk',
        invocationId: expect.any(String) as string,
        message: 'said',
      },
    ]);
  });
});

describe('startHost', () => {
  it('lets no function be registered once it has started', () => {
    expect(() => {
      app.http('late', { handler: () => ({}) });
    }).toThrow('can only be registered during app startup');
  });

  it('serves every function of the app', () => {
    expect(host.functions).toEqual(expect.arrayContaining(['echo', 'slow', 'rest']));
  });

  it('runs one host at a time', async () => {
    await expect(startHost({ load: () => Promise.resolve(), functionKey })).rejects.toThrow('already running');
  });

  it('answers at /admin/host/status, and nowhere else under /admin without the key', async () => {
    expect(await (await call('/admin/host/status')).json()).toMatchObject({ state: 'Running' });
    expect((await call('/admin/functions/echo', { method: 'POST' })).status).toBe(401);
    expect((await call('/admin/host/keys')).status).toBe(404);
  });
});
