import { readCorsSetting } from '../../../local/host/cors.ts';
import { startHost, type Host } from '../../../local/host/host.ts';

const listed = 'https://advisor.example';
const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-own' };

let host: Host | undefined;
afterEach(() => host?.stop());

async function start(
  setting: string,
): Promise<(path: string, method: string, headers: Record<string, string>) => Promise<Response>> {
  host = await startHost({ load: () => import('./fixtureApp.ts'), functionKey: 'k', cors: readCorsSetting(setting) });
  const { url } = host;
  return (path, method, headers) => fetch(`${url}${path}`, { method, headers });
}

describe('a preflight', () => {
  it('of a listed origin is answered without key or route', async () => {
    const call = await start(`https://other.example, ${listed}`);
    for (const path of ['/api/guarded', '/nowhere']) {
      const response = await call(path, 'OPTIONS', { origin: listed, ...preflight });
      expect(response.status).toBe(204);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': listed,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type,x-own',
        'access-control-max-age': '86400',
        vary: 'Origin',
      });
    }
  });

  it('of another origin gets no CORS headers', async () => {
    const call = await start(listed);
    const response = await call('/api/guarded', 'OPTIONS', { origin: `${listed}.evil.example`, ...preflight });
    expect(response.status).toBe(204);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('a request from a web page', () => {
  it('gets its headers when the origin is listed, whatever the answer', async () => {
    const call = await start(listed);
    for (const [path, status] of [
      ['/api/mute', 204],
      ['/api/guarded', 401],
      ['/nowhere', 404],
    ] as const) {
      const response = await call(path, 'GET', { origin: listed });
      expect(response.status).toBe(status);
      expect(response.headers.get('access-control-allow-origin')).toBe(listed);
      expect(response.headers.get('vary')).toBe('Origin');
    }
  });

  it('keeps the function’s own Vary', async () => {
    const call = await start(listed);
    expect((await call('/api/decorated', 'GET', { origin: listed })).headers.get('vary')).toBe('Origin, Accept');
  });

  it('is answered without CORS headers when the origin is not listed', async () => {
    const call = await start(listed);
    const response = await call('/api/mute', 'GET', { origin: 'https://evil.example' });
    expect(response.status).toBe(204);
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });
});

it('lets everybody in when the setting is *', async () => {
  const call = await start('*');
  const response = await call('/api/mute', 'GET', { origin: 'https://anybody.example' });
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.has('vary')).toBe(false);
});

it('is off without a setting', () => {
  expect(readCorsSetting(undefined)).toBeUndefined();
  expect(readCorsSetting(' , ')).toBeUndefined();
});
