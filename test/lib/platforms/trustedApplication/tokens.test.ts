import { Upstream } from '../../../../lib/net/upstream.ts';
import { discover, Discovery } from '../../../../lib/platforms/trustedApplication/discovery.ts';
import { requestToken, type TokenOptions } from '../../../../lib/platforms/trustedApplication/tokens.ts';
import { readWebToken } from '../../../../local/simulator/webToken.ts';
import { asPlatformProblem } from '../../../../lib/platforms/trustedApplication/failure.ts';
import { guest, requestSignal, startPlatformUnderTest, type PlatformUnderTest } from './platformUnderTest.ts';

let platform: PlatformUnderTest;
let options: TokenOptions;
/** The clock of the adapter and of its discovery. */
let nowMs: number;

beforeAll(async () => {
  platform = await startPlatformUnderTest();
});
beforeEach(async () => {
  await platform.world.reset();
  nowMs = Date.now();
  const { discoverUrl, endpointId, hosts } = platform.settings;
  // The breaker keeps to the real clock; it is not what is tested here.
  const upstream = new Upstream({ transport: platform.transport, initialDelayMs: 5, breakAfter: 1_000 });
  const client = { send: upstream.send, tokens: platform.newTokens(), hosts };
  const now = () => nowMs;
  const discovery = new Discovery({
    discover: () => discover({ discoverUrl, endpointId, client }, requestSignal()),
    now,
  });
  options = { discovery, client, now };
});
afterAll(() => platform.stop());

const ask = () =>
  requestToken(options, guest, requestSignal()).catch((error: unknown) => {
    throw asPlatformProblem(error);
  });
const operations = () => platform.platformCalls().map(({ operation }) => operation.replace('platform.', ''));
const unusable = { code: 'platform-refused', reason: 'answer-unusable' };
const aDiscovery = ['discover', 'applications', 'application'];

/** A token answer with these fields over good ones. */
function answer(fields: Record<string, unknown>): void {
  const good = {
    token: 'psat=abc.def.ghi',
    expiryTime: new Date(nowMs + 60_000).toISOString(),
    _links: { 'service:discover': { href: 'https://noammeetings.resources.lync.example/discover' } },
  };
  platform.world.faults.set('platform.tokens', { body: JSON.stringify({ ...good, ...fields }) });
}

describe('a token', () => {
  test('is for the guest: session id, meeting and origins arrive as they were given', async () => {
    const { token } = await ask();
    const { applicationSessionId, meetingUrl } = guest;
    expect(platform.world.platform.issued).toMatchObject([{ applicationSessionId, meetingUrl, token }]);
    expect(readWebToken(token.replace('psat=', ''))?.claims).toMatchObject({
      asi: applicationSessionId,
      ao: 'https://www.contoso.example;https://advisor.contoso.example',
      aeu: 'sip:helpdesk@contoso.example',
    });
  });

  test('is handed on verbatim, and so is the discover URL with the token encoded twice in it', async () => {
    const join = await ask();
    expect(join.token).toBe(platform.world.platform.issued[0]?.token);
    expect(join.discoverUrl).toBe(
      `https://noammeetings.resources.lync.example/platformService/discover?anonymousMeetingJoinContext=${join.token.replace('=', '%253d')}`,
    );
    expect(join.identityPreserved).toBe(true);
  });

  test('is asked for where the application says, in its own words', async () => {
    await ask();
    const { host, path, query, method } = platform.platformCalls().at(-1) ?? {};
    expect({ host, path, query, method }).toEqual({
      method: 'POST',
      host: 'ring0.resources.lync.example',
      path: '/platformservice/v1/applications/1627259584/anonApplicationTokens',
      query: '?endpointId=sip:helpdesk@contoso.example',
    });
  });

  test('costs no discover once the links are known', async () => {
    await ask();
    await ask();
    expect(operations()).toEqual([...aDiscovery, 'tokens', 'tokens']);
  });

  test.each([200, 201] as const)('is read from an answer %i', async (tokenStatus) => {
    platform.world.platform.tokenStatus = tokenStatus;
    await expect(ask()).resolves.toHaveProperty('token');
  });

  test.each(['links', 'embedded', 'top-level'] as const)(
    'is read with its links in the place "%s"',
    async (linkPlace) => {
      for (const namespace of ['service:', 'ms:rtc:saas:'] as const) {
        Object.assign(platform.world.platform, { linkPlace, namespace });
        expect((await ask()).discoverUrl).toContain('anonymousMeetingJoinContext=psat%253d');
      }
    },
  );

  test('is read after a byte order mark', async () => {
    platform.world.platform.bom = true;
    await expect(ask()).resolves.toHaveProperty('token');
  });

  test.each(['by-media-type', 'iso', 'ajax', 'ajax-escaped'] as const)(
    'expires when the platform says, in the form "%s"',
    async (dateForm) => {
      platform.world.platform.dateForm = dateForm;
      const { expiryTime } = await ask();
      const { at } = platform.world.platform.issued[0] ?? { at: 0 };
      expect(expiryTime.getTime()).toBe(at + 28_800_000);
    },
  );
});

describe('an answer is unusable', () => {
  test.each([
    ['that lacks the token', { token: undefined }],
    ['with an empty token', { token: '' }],
    ['with a token that no header can carry', { token: 'psat=a b' }],
    ['with a token of more than 8 KiB', { token: 'x'.repeat(8_193) }],
    ['that lacks the expiry', { expiryTime: undefined }],
    ['with an expiry in no known form', { expiryTime: 'tomorrow' }],
    ['with an expiry that is a number', { expiryTime: 4_000_000_000_000 }],
    ['that lacks the links', { _links: undefined }],
    ['with links of another kind', { _links: 'https://noammeetings.resources.lync.example/' }],
  ])('%s', async (_, fields) => {
    answer(fields);
    await expect(ask()).rejects.toMatchObject(unusable);
  });

  test('without the discover link', async () => {
    platform.world.platform.missingLinks = ['discover'];
    await expect(ask()).rejects.toMatchObject(unusable);
  });

  test('with an expiry that is past, or now', async () => {
    for (const milliseconds of [0, -1, -86_400_000]) {
      answer({ expiryTime: new Date(nowMs + milliseconds).toISOString() });
      await expect(ask()).rejects.toMatchObject(unusable);
    }
    answer({ expiryTime: new Date(nowMs + 1).toISOString() });
    await expect(ask()).resolves.toMatchObject({ token: 'psat=abc.def.ghi' });
  });

  test('with an expiry more than 24 hours ahead', async () => {
    answer({ expiryTime: new Date(nowMs + 86_400_001).toISOString() });
    await expect(ask()).rejects.toMatchObject(unusable);
    answer({ expiryTime: new Date(nowMs + 86_400_000).toISOString() });
    await expect(ask()).resolves.toMatchObject({ token: 'psat=abc.def.ghi' });
  });

  test.each([
    ['on a host that only looks like the platform', 'https://evil-lync.example/discover?c=1'],
    ['over http', 'http://noammeetings.resources.lync.example/discover?c=1'],
    ['with userinfo', 'https://noammeetings.resources.lync.example@evil-lync.example/discover'],
    ['with a password of the platform', 'https://guest:pw@noammeetings.resources.lync.example/discover'],
    ['with a backslash', 'https://evil-lync.example\\.resources.lync.example/discover'],
    ['on another port', 'https://noammeetings.resources.lync.example:4443/discover'],
    ['on an address', 'https://127.0.0.1/discover'],
    ['that is relative', '/platformService/discover?c=1'],
    ['that is relative to the scheme', '//noammeetings.resources.lync.example/discover'],
    ['with a line break', 'https://noammeetings.resources.lync.example/discover\r\nX: 1'],
    ['with a trailing dot', 'https://noammeetings.resources.lync.example./discover'],
    ['that is too long', `https://noammeetings.resources.lync.example/discover?c=${'x'.repeat(8_192)}`],
    ['that runs', 'javascript:alert(1)'],
  ])('with a discover URL %s', async (_, discoverLink) => {
    platform.world.platform.discoverLink = discoverLink;
    await expect(ask()).rejects.toMatchObject(unusable);
    expect(platform.platformCalls().map(({ host }) => host)).not.toContain('evil-lync.example');
  });
});

describe('a redirect of the request', () => {
  test('to the home pool of the meeting is followed with the token and the body', async () => {
    platform.world.platform.redirect = 'pool';
    const join = await ask();
    expect(platform.world.platform.issued).toMatchObject([{ token: join.token, meetingUrl: guest.meetingUrl }]);
    const [first, second] = platform.platformCalls().slice(-2);
    expect([first, second]).toMatchObject([
      { method: 'POST', host: 'ring0.resources.lync.example', status: 307 },
      { method: 'POST', host: 'webpool01.infra.lync.example', status: 200, authorized: true },
    ]);
  });

  test.each([
    ['foreign', 1],
    ['http', 1],
    ['loop', 2],
  ] as const)('of the kind "%s" is not followed outside or round', async (redirect, requests) => {
    platform.world.platform.redirect = redirect;
    await expect(ask()).rejects.toMatchObject(unusable);
    expect(operations()).toEqual([...aDiscovery, ...Array.from({ length: requests }, () => 'tokens')]);
    expect(platform.platformCalls().map(({ host }) => host)).not.toContain('evil-lync.example');
  });
});

describe('an application that has moved', () => {
  beforeEach(async () => {
    await ask();
    platform.world.calls.length = 0;
  });

  test('is found by one discover within the same request', async () => {
    platform.world.platform.applicationId = '2855007785';
    nowMs += 30_000;
    await expect(ask()).resolves.toHaveProperty('token');
    expect(operations()).toEqual(['tokens', ...aDiscovery, 'tokens']);
    await ask();
    expect(operations().slice(5)).toEqual(['tokens']);
  });

  test('is found by one discovery for all who run into it at once', async () => {
    platform.world.platform.applicationId = '2855007785';
    nowMs += 30_000;
    const joins = await Promise.all(Array.from({ length: 20 }, ask));
    expect(joins).toHaveLength(20);
    expect(operations().filter((operation) => operation === 'discover')).toHaveLength(1);
  });

  test.each([
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['410', { status: 410 }],
    ['502', { status: 502 }],
    ['a lost connection', { cut: 'before-answer' as const }],
  ])('may show by %s: the links are looked up again, at most every 30 s', async (_, fault) => {
    nowMs += 30_000;
    platform.world.faults.set('platform.tokens', fault);
    const discoveries = () => operations().filter((operation) => operation === 'discover').length;
    const failing = () =>
      ask().then(
        () => 'a token',
        () => 'a failure',
      );
    await expect(failing()).resolves.toBe('a failure');
    expect(discoveries()).toBe(1);
    nowMs += 29_999;
    await failing();
    expect(discoveries()).toBe(1);
    nowMs += 1;
    platform.world.faults.clear();
    platform.world.platform.applicationId = '2855007785';
    await expect(ask()).resolves.toHaveProperty('token');
    expect(discoveries()).toBe(2);
  });

  test.each([400, 409, 429, 500, 503, 504])('does not show by %i: nothing is looked up', async (status) => {
    nowMs += 30_000;
    platform.world.faults.set('platform.tokens', { status });
    await expect(ask()).rejects.toHaveProperty('code');
    expect(operations()).not.toContain('discover');
  });

  test('and whose discovery fails meanwhile is asked for tokens where it was', async () => {
    nowMs += 30_000;
    platform.world.faults.set('platform.discover', { status: 500 });
    platform.world.faults.set('platform.tokens', { status: 404, times: 1 });
    await expect(ask()).rejects.toMatchObject({ reason: 'meeting-rejected' });
    await expect(ask()).resolves.toHaveProperty('token');
  });
});

describe('the capability', () => {
  test('that is missing is looked for again at most every 30 s, and found when it was granted', async () => {
    platform.world.platform.missingLinks = ['anonApplicationTokens'];
    await expect(ask()).rejects.toMatchObject({ code: 'capability-missing' });
    platform.world.platform.missingLinks = [];
    await expect(ask()).rejects.toMatchObject({ code: 'capability-missing' });
    expect(operations()).toEqual(aDiscovery);
    nowMs += 30_000;
    await expect(ask()).resolves.toHaveProperty('token');
  });

  test('that was withdrawn shows when the links are looked up again', async () => {
    await ask();
    nowMs += 30_000;
    platform.world.platform.missingLinks = ['anonApplicationTokens'];
    platform.world.platform.applicationId = '2855007785';
    await expect(ask()).rejects.toMatchObject({ code: 'capability-missing' });
  });
});

test('credentials that Entra refuses meanwhile are the problem, and nothing is looked up', async () => {
  await ask();
  nowMs += 30_000;
  platform.world.entra.acceptedSecrets = [];
  platform.world.entra.revokeIssuedTokens();
  await expect(ask()).rejects.toMatchObject({ code: 'platform-refused', reason: 'credentials-rejected' });
  expect(operations()).toEqual([...aDiscovery, 'tokens', 'tokens']);
});

test.each([
  [400, undefined, { code: 'platform-refused', reason: 'meeting-rejected' }],
  [403, 'ApplicationNotFound', { code: 'platform-refused', reason: 'not-registered-or-consented' }],
  [403, 'AnonymousNotAllowed', { code: 'platform-refused', reason: 'meeting-rejected' }],
  [404, undefined, { code: 'platform-refused', reason: 'meeting-rejected' }],
  [409, 'AlreadyExists', { code: 'platform-refused', reason: 'meeting-rejected' }],
  [401, undefined, { code: 'platform-refused', reason: 'credentials-rejected' }],
  [410, 'CannotRedirect', { code: 'platform-unavailable' }],
  [408, undefined, { code: 'platform-timeout' }],
  [429, undefined, { code: 'too-many-requests', retryAfterSeconds: 10 }],
  [500, undefined, { code: 'platform-unavailable', retryAfterSeconds: 5 }],
  [504, undefined, { code: 'platform-timeout' }],
])('%i with subcode %s is the problem that it means', async (status, subcode, problem) => {
  platform.world.faults.set('platform.tokens', { status, body: JSON.stringify({ code: 'X', subcode }) });
  await expect(ask()).rejects.toMatchObject(problem);
});
