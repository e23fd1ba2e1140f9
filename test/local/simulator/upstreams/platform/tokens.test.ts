import { verify } from 'node:crypto';
import type { PlatformBehaviour } from '../../../../../local/simulator/upstreams/platform/behaviour.ts';
import { at, meetingUrl, noon, startTestSimulator, tokenPart, type Ask, type TestSimulator } from '../../setUp.ts';

const path =
  '/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip:helpdesk@contoso.example';
const ringUrl = `https://ring0.resources.lync.example${path}`;
const applicationSessionId = '7c5f8e4e-6d53-4f8e-9d0c-2f6a3c1b9e11';
const guest = { allowedOrigins: 'https://contoso.com;https://litware.com', applicationSessionId, meetingUrl };

let simulator: TestSimulator;
const behave = (behaviour: Partial<PlatformBehaviour>) => Object.assign(simulator.world.platform, behaviour);
const ucwaJson = { 'content-type': 'application/vnd.microsoft.com.ucwa+json; charset=utf-8' };
const plainJson = { 'content-type': 'application/json; charset=utf-8' };
const post = (body: unknown, { url = ringUrl, headers = ucwaJson }: { url?: string } & Pick<Ask, 'headers'> = {}) =>
  simulator.askPlatform(url, { method: 'POST', headers, body });

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe('a token for a meeting', () => {
  test('comes with its end, its own link and the discover link, the token encoded twice', async () => {
    const { status, json } = await post(guest);
    expect(status).toBe(200);
    const token = String(at(json, 'token'));
    expect(json).toEqual({
      token,
      expiryTime: '2026-01-15T20:00:00.292Z',
      _links: {
        self: {
          href: 'https://ring0.resources.lync.example:4443/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip%3ahelpdesk%40contoso.example',
        },
        'service:discover': {
          href: `https://noammeetings.resources.lync.example/platformService/discover?anonymousMeetingJoinContext=psat%253d${token.slice(5)}`,
        },
      },
      rel: 'service:anonApplicationToken',
    });
    const { search } = new URL(String(at(json, '_links', 'service:discover', 'href')));
    expect(decodeURIComponent(new URLSearchParams(search).get('anonymousMeetingJoinContext') ?? '')).toBe(token);
  });

  test('has exactly the captured header and claims', async () => {
    const { json } = await post({
      ...guest,
      allowedOrigins: 'https://contoso.com;https://litware.com/store/home?x=1; http://localhost:3000/',
    });
    const token = String(at(json, 'token'));
    expect(token).toMatch(/^psat=[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(tokenPart(token.slice(5), 'header')).toEqual({
      typ: 'JWT',
      alg: 'RS256',
      x5t: Buffer.from(simulator.certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url'),
    });
    expect(tokenPart(token.slice(5), 'claims')).toEqual({
      ruu: expect.stringMatching(/^sip:\w+@noammeetings\.lync\.example$/) as string,
      asi: applicationSessionId,
      aeu: 'sip:helpdesk@contoso.example',
      ao: 'https://contoso.com;https://litware.com;http://localhost:3000',
      confid: 'sip:testuser@contoso.onmicrosoft.example;gruu;opaque=app:conf:focus:id:1SD8D0WZ',
      ucwaext: 'https://webpool01.infra.lync.example/ucwa/v1/applications',
      nbf: Math.floor(noon / 1000),
      exp: Math.floor(noon / 1000) + 28_800,
    });
  });

  test('is signed by the certificate that its thumbprint names', async () => {
    const [header = '', claims = '', signature = ''] = String(at((await post(guest)).json, 'token'))
      .slice(5)
      .split('.');
    const bytes = Buffer.from(signature, 'base64url');
    expect(bytes).toHaveLength(256);
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), simulator.certificate.publicKey, bytes)).toBe(true);
  });

  test('spells the conference as the meeting URL does', async () => {
    const { json } = await post({
      ...guest,
      meetingUrl: 'https://meet.resources.lync.example/NOAMmeetings/bl20r02meet1323/Z88P1HYS',
    });
    expect(tokenPart(String(at(json, 'token')), 'claims')).toMatchObject({
      confid: 'sip:bl20r02meet1323@NOAMmeetings.lync.example;gruu;opaque=app:conf:focus:id:Z88P1HYS',
    });
  });

  test('is new each second, and the record shows that it is for the same guest', async () => {
    const first = String(at((await post(guest)).json, 'token'));
    simulator.clock.now += 1000;
    const second = String(at((await post(guest)).json, 'token'));
    expect(second).not.toBe(first);
    expect(simulator.world.platform.issued.map(({ token, applicationSessionId: id }) => [token, id])).toEqual([
      [first, applicationSessionId],
      [second, applicationSessionId],
    ]);
  });

  test('lives as long as the behaviour says, and may come as 201', async () => {
    behave({ tokenLifetimeSeconds: 600, tokenStatus: 201 });
    const { status, json } = await post(guest);
    expect(status).toBe(201);
    expect(tokenPart(String(at(json, 'token')), 'claims')).toMatchObject({ exp: Math.floor(noon / 1000) + 600 });
  });
});

test('a token without a meeting is for a chat', async () => {
  const { json } = await post({ applicationSessionId: 'kkkk', allowedOrigins: null });
  const claims = tokenPart(String(at(json, 'token')), 'claims');
  expect(Object.keys(claims as object)).toEqual(['ruu', 'asi', 'aeu', 'nbf', 'exp']);
  expect(at(json, '_links', 'service:discover', 'href')).toMatch(/\?anonymousContext=psat%253d/);
});

describe('the date', () => {
  const expiry = noon + 28_800_000;

  test.each<[string, Partial<PlatformBehaviour>, Ask['headers'], string]>([
    ['ISO in the UCWA media type', {}, ucwaJson, '2026-01-15T20:00:00.292Z'],
    ['AJAX in plain JSON', {}, plainJson, `/Date(${expiry})/`],
    ['AJAX when Accept asks for plain JSON', {}, { ...ucwaJson, accept: 'application/json' }, `/Date(${expiry})/`],
    ['ISO in plain JSON, as the docs print it', { dateForm: 'iso' }, plainJson, '2026-01-15T20:00:00.292Z'],
    ['AJAX in the UCWA media type', { dateForm: 'ajax' }, ucwaJson, `/Date(${expiry})/`],
    ['AJAX escaped twice', { dateForm: 'ajax-escaped' }, plainJson, `\\/Date(${expiry})\\/`],
  ])('is %s', async (_, behaviour, headers, expected) => {
    behave(behaviour);
    expect(at((await post(guest, { headers })).json, 'expiryTime')).toBe(expected);
  });

  test('has no fraction on the full second', async () => {
    simulator.clock.now = Math.floor(simulator.clock.now / 1000) * 1000;
    expect(at((await post(guest)).json, 'expiryTime')).toMatch(/:\d\dZ$/);
  });
});

describe('the other dialect', () => {
  test('prefixes rel and discover, and can place the link elsewhere', async () => {
    behave({ namespace: 'ms:rtc:saas:', linkPlace: 'top-level' });
    expect((await post(guest)).json).toMatchObject({
      rel: 'ms:rtc:saas:anonApplicationToken',
      'ms:rtc:saas:discover': { href: expect.stringMatching(/^https:/) as string },
    });
  });

  test('can have another discover link, or none', async () => {
    behave({ discoverLink: 'http-no-so-good-uri' });
    expect(at((await post(guest)).json, '_links', 'service:discover', 'href')).toBe('http-no-so-good-uri');
    behave({ missingLinks: ['discover'] });
    expect(at((await post(guest)).json, '_links')).not.toHaveProperty('service:discover');
  });
});

describe('a redirect', () => {
  test('leads to the home pool once, which serves', async () => {
    behave({ redirect: 'pool' });
    const { status, headers } = await post(guest);
    expect(status).toBe(307);
    expect(headers.location).toBe(`https://webpool01.infra.lync.example${path}&redirect=1`);

    const served = await post(guest, { url: headers.location ?? '' });
    expect(served.status).toBe(200);
    expect(at(served.json, '_links', 'self', 'href')).toBe(
      'https://webpool01.infra.lync.example/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip%3ahelpdesk%40contoso.example&redirect=1',
    );
  });

  test('leads to a foreign host, where a credential that arrives is seen', async () => {
    behave({ redirect: 'foreign' });
    const { headers } = await post(guest);
    expect(headers.location).toBe(`https://evil-lync.example${path}&redirect=1`);
    await post(guest, { url: headers.location ?? '' });
    expect(simulator.world.calls.at(-1)).toMatchObject({ host: 'evil-lync.example', authorized: true });
  });

  test('leads to plain http, or in a circle', async () => {
    behave({ redirect: 'http' });
    expect((await post(guest)).headers.location).toMatch(/^http:\/\/webpool01\./);
    behave({ redirect: 'loop' });
    const first = (await post(guest)).headers.location ?? '';
    const second = (await post(guest, { url: first })).headers.location ?? '';
    const third = (await post(guest, { url: second })).headers.location;
    expect(second).toMatch(/^https:\/\/webpool02\./);
    expect(third).toBe(first);
  });

  test('never happens to a token for a chat', async () => {
    behave({ redirect: 'pool' });
    expect((await post({ applicationSessionId })).status).toBe(200);
  });
});

describe('a request that the platform does not take', () => {
  const tooLong = (length: number) => 'x'.repeat(length + 1);

  test.each([
    ['a session id over 100', { ...guest, applicationSessionId: tooLong(100) }, 'applicationSessionId'],
    ['origins over 500', { ...guest, allowedOrigins: `https://${tooLong(492)}` }, 'allowedOrigins'],
    ['origins that are none', { ...guest, allowedOrigins: 'contoso.com' }, 'allowedOrigins'],
    ['a meeting URL over 1024', { ...guest, meetingUrl: `${meetingUrl}?${tooLong(1000)}` }, 'meetingUrl'],
    [
      'a SIP id',
      { ...guest, meetingUrl: 'sip:testuser@contoso.example;gruu;opaque=app:conf:focus:id:1' },
      'meetingUrl',
    ],
    ['plain http', { ...guest, meetingUrl: meetingUrl.replace('https', 'http') }, 'meetingUrl'],
    ['a foreign host', { ...guest, meetingUrl: 'https://evil-lync.example/contoso/testuser/1SD8D0WZ' }, 'meetingUrl'],
    ['no meeting in the path', { ...guest, meetingUrl: 'https://meet.lync.example/contoso' }, 'meetingUrl'],
  ])('%s is a bad parameter', async (_, body, parameter) => {
    const { status, json } = await post(body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'BadRequest', subcode: 'ParameterValidationFailure' });
    expect(Object.keys(at(json, 'parameters') as object)).toEqual([parameter]);
  });

  test.each([
    ['malformed JSON', '{"applicationSessionId":'],
    ['no object', '[]'],
    ['a number for a session id', '{"applicationSessionId":1}'],
  ])('%s cannot be read', async (_, body) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      json: { code: 'BadRequest', subcode: 'DeserializationFailure' },
    });
  });

  test('another media type, too long a body, an unknown meeting', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post('a=b', { headers: form })).toMatchObject({ status: 415, json: { code: 'UnsupportedMediaType' } });
    expect(await post({ ...guest, more: 'x'.repeat(65_536) })).toMatchObject({
      status: 413,
      json: { code: 'EntityTooLarge' },
    });
    behave({ unknownMeetings: [meetingUrl] });
    expect(await post(guest)).toMatchObject({
      status: 404,
      json: { code: 'NotFound', subcode: 'DestinationNotFound' },
    });
    expect(simulator.world.platform.issued).toEqual([]);
  });

  test('needs a token, a registered application and the right method', async () => {
    expect((await simulator.ask(ringUrl, { method: 'POST', headers: ucwaJson, body: guest })).status).toBe(401);
    expect((await simulator.askPlatform(ringUrl)).status).toBe(405);
    behave({ registered: false });
    expect((await post(guest)).status).toBe(403);
  });

  test('is not one with names in another letter case, or with unknown fields', async () => {
    const { json } = await post({ ApplicationSessionId: 'test', MEETINGURL: meetingUrl, other: 1 });
    expect(tokenPart(String(at(json, 'token')), 'claims')).toMatchObject({
      asi: 'test',
      confid: expect.anything() as string,
    });
  });
});
