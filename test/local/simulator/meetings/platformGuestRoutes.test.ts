import { generateKeyPairSync } from 'node:crypto';
import { signWebToken } from '../../../../local/simulator/webToken.ts';
import { anonymousUrl, json, origin, startMeetings, type Bearer, type MeetingTest } from './guests.ts';
import { at, tokenPart, type Ask, type Reply } from '../setUp.ts';

const conferenceUri = 'sip:testuser@contoso.onmicrosoft.example;gruu;opaque=app:conf:focus:id:1SD8D0WZ';
const guestHost = 'https://noammeetings.resources.lync.example';

let simulator: MeetingTest;
let bearer: Bearer;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(async () => {
  await simulator.reset();
  bearer = await simulator.bearer('the platform');
});
afterAll(() => simulator.stop());

const from = (page: string, headers: Record<string, string> = {}): Ask => ({ headers: { origin: page, ...headers } });
const authorization = (token: string) => ({ authorization: `Bearer ${token}` });
const corsOf = ({ headers }: Reply) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
const body = { culture: 'en-US', userAgent: 'test' };
const create = (token: string, headers: Record<string, string> = {}) =>
  simulator.ask(anonymousUrl, { method: 'POST', headers: { ...json, ...authorization(token), ...headers }, body });

describe('a guest’s discovery', () => {
  test('leads to where applications are created, and names the conference, without Authorization', async () => {
    const { status, json: discovered } = await simulator.ask(bearer.discoverUrl);
    expect(status).toBe(200);
    expect(discovered).toEqual({
      conferenceId: conferenceUri,
      _links: { anonApplications: { href: anonymousUrl } },
      rel: 'service:discover',
    });
    expect(simulator.world.counts()).toMatchObject({ 'guest.discover': 1, 'platform.discover': 0 });
  });

  test('shows partners more links, its own with the internal port', async () => {
    simulator.world.platform.namespace = 'ms:rtc:saas:';
    const { json: discovered } = await simulator.ask(bearer.discoverUrl);
    const context = bearer.discoverUrl.split('?')[1]?.replace('%253d', '%3d') ?? '';
    expect(discovered).toEqual({
      conferenceId: conferenceUri,
      _links: {
        self: { href: `${guestHost}:4443/platformservice/discover?${context}` },
        'ms:rtc:saas:applications': { href: 'https://ring0.resources.lync.example/platformservice/v1/applications' },
        myApplications: { href: 'https://webpool01.infra.lync.example/ucwa/v1/applications' },
        applications: { href: 'https://webpool01.infra.lync.example/ucwa/v1/applications' },
        anonApplications: { href: anonymousUrl },
      },
      rel: 'ms:rtc:saas:discover',
    });
  });

  test('takes the token as a bearer too', async () => {
    const headers = authorization(bearer.token);
    expect((await simulator.ask(bearer.discoverUrl, { headers })).status).toBe(200);
    expect(await simulator.ask(`${guestHost}/platformservice/discover`, { headers })).toMatchObject({
      status: 200,
      json: { conferenceId: conferenceUri },
    });
  });

  test('is only read', async () => {
    expect((await simulator.ask(bearer.discoverUrl, { method: 'POST' })).status).toBe(405);
  });

  test('is not the one of the application, which still needs its own token', async () => {
    const url = `${guestHost}/platformservice/discover`;
    expect((await simulator.ask(url)).status).toBe(401);
    expect((await simulator.askPlatform(url)).status).toBe(200);
    expect(simulator.world.counts()).toMatchObject({ 'guest.discover': 0, 'platform.discover': 2 });
  });
});

describe('a token', () => {
  const claims = () => tokenPart(bearer.token.slice(5), 'claims') as Record<string, unknown>;
  const stranger = () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { privateKey, publicKey, thumbprint: 'x' };
  };
  const discover = (token: string, page?: string) =>
    simulator.ask(`${guestHost}/platformservice/discover?anonymousMeetingJoinContext=${encodeURIComponent(token)}`, {
      ...(page !== undefined && from(page)),
    });

  test('that has expired is refused with 401 and a challenge, which its page may read', async () => {
    simulator.clock.now += 28_800_000;
    for (const reply of [
      await simulator.ask(bearer.discoverUrl, from(origin)),
      await create(bearer.token, { origin }),
    ]) {
      expect(reply.status).toBe(401);
      expect(String(reply.headers['www-authenticate'])).toMatch(/^Bearer /);
      expect(reply.headers['access-control-allow-origin']).toBe(origin);
    }
  });

  test('that another key has signed, or that was changed, or is none, is refused, and no page may read that', async () => {
    const forged = `psat=${signWebToken(claims(), stranger())}`;
    const [head = '', , signature = ''] = bearer.token.split('.');
    const changedClaims = Buffer.from(JSON.stringify({ ...claims(), asi: 'somebody-else' })).toString('base64url');
    for (const token of [forged, [head, changedClaims, signature].join('.'), 'psat=', bearer.token.slice(5), '']) {
      const reply = await discover(token, origin);
      expect([reply.status, corsOf(reply)]).toEqual([401, {}]);
      expect((await create(token)).status).toBe(401);
    }
  });

  test('without a session id is another guest each time', async () => {
    const tokensUrl =
      'https://ring0.resources.lync.example/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip:helpdesk@contoso.example';
    const endpoints: unknown[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const meetingUrl = 'https://meet.lync.example/contoso/testuser/1SD8D0WZ';
      const issued = await simulator.askPlatform(tokensUrl, { method: 'POST', headers: json, body: { meetingUrl } });
      endpoints.push(at((await create(String(at(issued.json, 'token')))).json, 'endpointId'));
      simulator.clock.now += 1_000;
    }
    expect(new Set(endpoints).size).toBe(2);
    expect(endpoints).not.toContain(undefined);
  });

  test('is not taken by another pool, nor over plain http', async () => {
    const headers = { ...json, ...authorization(bearer.token) };
    const elsewhere = anonymousUrl.replace('webpool01', 'webpool02');
    expect((await simulator.ask(elsewhere, { method: 'POST', headers, body })).status).toBe(404);
    expect((await simulator.ask(anonymousUrl.replace('https', 'http'), { method: 'POST', headers, body })).status).toBe(
      403,
    );
  });
});

describe('a page', () => {
  test('may read every answer if the token was made for its origin', async () => {
    for (const reply of [
      await simulator.ask(bearer.discoverUrl, from(origin)),
      await create(bearer.token, { origin }),
      await simulator.ask(`${anonymousUrl}/1`, from(origin, authorization(bearer.token))),
    ]) {
      expect(reply.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
      expect(reply.headers['access-control-expose-headers']).toMatch(/Location.*Retry-After/);
    }
  });

  test('of another origin may not, though it is answered', async () => {
    for (const page of [
      'https://evil.example',
      'http://advice.contoso.com',
      `${origin}.evil.example`,
      `${origin}:8443`,
    ]) {
      const discovered = await simulator.ask(bearer.discoverUrl, from(page));
      expect([discovered.status, corsOf(discovered)]).toEqual([200, {}]);
      expect(corsOf(await create(bearer.token, { origin: page }))).toEqual({});
    }
  });

  test('may read that the service is busy', async () => {
    simulator.world.faults.set('guest.applications', { status: 429, headers: { 'Retry-After': '2' } });
    const reply = await create(bearer.token, { origin });
    expect(reply).toMatchObject({ status: 429, json: { code: 'TooManyRequests' } });
    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': origin, 'retry-after': '2' });
    simulator.world.faults.set('guest.discover', { status: 503 });
    expect(await simulator.ask(bearer.discoverUrl, from(origin))).toMatchObject({
      status: 503,
      json: { code: 'ServiceUnavailable' },
      headers: { 'access-control-allow-origin': origin },
    });
    simulator.world.faults.set('guest.discover', { status: 401 });
    expect((await simulator.ask(bearer.discoverUrl, from(origin))).headers['www-authenticate']).toMatch(/Bearer/);
  });

  const preflight = (url: string, page: string, wanted = 'authorization,x-ms-sdk-instance') =>
    simulator.ask(url, {
      method: 'OPTIONS',
      headers: { origin: page, 'access-control-request-method': 'POST', 'access-control-request-headers': wanted },
    });

  test('is answered its preflight of a discovery by the token in the URL', async () => {
    const allowed = await preflight(bearer.discoverUrl, origin);
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': 'authorization,x-ms-sdk-instance',
      'access-control-allow-methods': expect.stringContaining('GET') as string,
    });
    expect(corsOf(await preflight(bearer.discoverUrl, 'https://evil.example'))).toEqual({});
  });

  test('is answered its preflights below, to which no token comes', async () => {
    for (const url of [anonymousUrl, `${anonymousUrl}/1/events?ack=1`, `${guestHost}/platformservice/discover`]) {
      expect((await preflight(url, origin)).headers['access-control-allow-origin']).toBe(origin);
    }
  });
});
