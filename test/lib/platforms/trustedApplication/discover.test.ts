import { discover, type Discovered } from '../../../../lib/platforms/trustedApplication/discovery.ts';
import type { Operation } from '../../../../local/simulator/operations.ts';
import { UpstreamFailure } from '../../../../lib/net/transport.ts';
import { asPlatformProblem } from '../../../../lib/platforms/trustedApplication/failure.ts';
import { requestSignal, startPlatformUnderTest, type PlatformUnderTest } from './platformUnderTest.ts';

let platform: PlatformUnderTest;

beforeAll(async () => {
  platform = await startPlatformUnderTest();
});
beforeEach(() => platform.world.reset());
afterAll(() => platform.stop());

function discoverOnce(): Promise<Discovered> {
  const { discoverUrl, endpointId, hosts } = platform.settings;
  const client = { send: platform.transport, tokens: platform.newTokens(), hosts };
  return discover({ discoverUrl, endpointId, client }, requestSignal()).catch((error: unknown) => {
    throw error instanceof UpstreamFailure ? error : asPlatformProblem(error);
  });
}

const ring = 'https://ring0.resources.lync.example';
const tokensUrl = `${ring}/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip:helpdesk@contoso.example`;
const meetingsUrl = `${ring}/platformservice/v1/applications/1627259584/adhocMeetings?endpointId=sip%3ahelpdesk%40contoso.example`;
const unusable = { code: 'platform-refused', reason: 'answer-unusable' };

/** Lets an operation answer with these links, in the public dialect. */
function answerLinks(operation: Operation, links: Record<string, string>): void {
  const _links = Object.fromEntries(Object.entries(links).map(([rel, href]) => [`service:${rel}`, { href }]));
  platform.world.faults.set(operation, { body: JSON.stringify({ _links }) });
}

const urlsCalled = (): string[] =>
  platform.platformCalls().map(({ method, host, path, query }) => `${method} https://${host}${path}${query}`);

/** What was found, as text. */
async function found(): Promise<Record<keyof Discovered, string | undefined>> {
  const { anonApplicationTokens, adhocMeetings } = await discoverOnce();
  return { anonApplicationTokens: anonApplicationTokens?.href, adhocMeetings: adhocMeetings?.href };
}

test('three requests find where tokens are asked for and meetings are made; no self link is followed', async () => {
  expect(await found()).toEqual({ anonApplicationTokens: tokensUrl, adhocMeetings: meetingsUrl });
  expect(urlsCalled()).toEqual([
    'GET https://api.skype.example/platformservice/discover',
    `GET ${ring}/platformservice/v1/applications?endpointId=sip%3Ahelpdesk%40contoso.example`,
    `GET ${ring}/platformservice/v1/applications/1627259584?endpointId=sip:helpdesk@contoso.example`,
  ]);
});

describe.each(['service:', 'ms:rtc:saas:'] as const)('in the dialect %s', (namespace) => {
  describe.each(['links', 'embedded', 'top-level'] as const)('with links in the place "%s"', (linkPlace) => {
    test.each(['relative', 'absolute'] as const)('%s hrefs lead to the same place', async (hrefs) => {
      Object.assign(platform.world.platform, { namespace, linkPlace, hrefs });
      expect(await found()).toEqual({ anonApplicationTokens: tokensUrl, adhocMeetings: meetingsUrl });
    });
  });
});

test('answers that begin with a byte order mark are read', async () => {
  platform.world.platform.bom = true;
  expect((await discoverOnce()).anonApplicationTokens?.href).toBe(tokensUrl);
});

test('links without a prefix are read too', async () => {
  const body = JSON.stringify({ _links: { applications: { href: `${ring}/platformservice/v1/applications` } } });
  platform.world.faults.set('platform.discover', { body });
  expect((await discoverOnce()).anonApplicationTokens?.href).toBe(tokensUrl);
});

test('the endpoint is added to a query that the server put into its link', async () => {
  answerLinks('platform.discover', { applications: `${ring}/platformservice/v1/applications?Region=a;b%2Fc` });
  await discoverOnce();
  expect(platform.platformCalls()[1]?.query).toBe('?Region=a;b%2Fc&endpointId=sip%3Ahelpdesk%40contoso.example');
});

test('a relative link is relative to the request as it was sent, before any redirect', async () => {
  const location =
    'https://webpool01.infra.lync.example/platformservice/v1/applications?endpointId=sip:helpdesk@contoso.example';
  platform.world.faults.set('platform.applications', { status: 307, headers: { Location: location }, times: 1 });
  expect((await discoverOnce()).anonApplicationTokens?.href).toBe(tokensUrl);
  expect(platform.platformCalls().map(({ host }) => host.split('.')[0])).toEqual([
    'api',
    'ring0',
    'webpool01',
    'ring0',
  ]);
});

test('an applications answer that already holds the capability ends discovery', async () => {
  const links = { anonApplicationTokens: '/somewhere/tokens?endpointId=sip:x@y', adhocMeetings: '/somewhere/meetings' };
  answerLinks('platform.applications', links);
  expect(await found()).toEqual({
    anonApplicationTokens: `${ring}/somewhere/tokens?endpointId=sip:x@y`,
    adhocMeetings: `${ring}/somewhere/meetings`,
  });
  expect(platform.platformCalls()).toHaveLength(2);
});

test('an application without a capability is found as such', async () => {
  platform.world.platform.missingLinks = ['anonApplicationTokens'];
  expect(await found()).toEqual({ anonApplicationTokens: undefined, adhocMeetings: meetingsUrl });
  platform.world.platform.missingLinks = ['adhocMeetings'];
  expect(await found()).toEqual({ anonApplicationTokens: tokensUrl, adhocMeetings: undefined });
});

test('a link without a usable href is none', async () => {
  for (const href of ['', 7, null, 'https://'.padEnd(8_193, 'x')]) {
    const body = JSON.stringify({ _links: { 'service:anonApplicationTokens': { href } } });
    platform.world.faults.set('platform.application', { body });
    expect(await found()).toEqual({ anonApplicationTokens: undefined, adhocMeetings: undefined });
  }
});

test.each(['applications', 'application'])('without a link "%s" the answer is unusable', async (rel) => {
  platform.world.platform.missingLinks = [rel];
  await expect(discoverOnce()).rejects.toMatchObject(unusable);
});

const foreign = [
  'https://evil-lync.example/platformservice/v1/applications',
  'http://ring0.resources.lync.example/platformservice/v1/applications',
  'https://ring0.resources.lync.example:4443/platformservice/v1/applications',
  'https://ring0.resources.lync.example@evil-lync.example/',
  'https:\\\\evil-lync.example/',
  '//evil-lync.example/platformservice',
  '\\\\evil-lync.example/platformservice',
  'https://127.0.0.1/platformservice/v1/applications',
  'file:///etc/passwd',
  '/platformservice/\u0000v1',
];

describe.each(foreign)('a link to %j', (href) => {
  test.each([
    ['platform.discover', 'applications'],
    ['platform.applications', 'application'],
    ['platform.application', 'anonApplicationTokens'],
  ] as const)('in the answer of %s is unusable, and is not followed', async (operation, rel) => {
    answerLinks(operation, { [rel]: href });
    await expect(discoverOnce()).rejects.toMatchObject(unusable);
    const inOrder = ['platform.discover', 'platform.applications', 'platform.application'];
    expect(platform.platformCalls().map((call) => call.operation)).toEqual(
      inOrder.slice(0, inOrder.indexOf(operation) + 1),
    );
  });
});

test.each(foreign)('a link to %j where meetings are made is none, and keeps no guest out', async (href) => {
  answerLinks('platform.application', { anonApplicationTokens: '/tokens', adhocMeetings: href });
  expect(await found()).toEqual({ anonApplicationTokens: `${ring}/tokens`, adhocMeetings: undefined });
});

test.each([true, false])('403 (subcode: %s) means not registered or not consented', async (forbiddenSubcode) => {
  Object.assign(platform.world.platform, { registered: false, forbiddenSubcode });
  const refusal = { code: 'platform-refused', reason: 'not-registered-or-consented' };
  await expect(discoverOnce()).rejects.toMatchObject(refusal);
});

describe.each(['platform.discover', 'platform.applications', 'platform.application'] as const)('%s', (operation) => {
  test.each([
    [403, { code: 'platform-refused', reason: 'not-registered-or-consented' }],
    [404, { code: 'platform-refused', reason: 'not-registered-or-consented' }],
    [401, { code: 'platform-refused', reason: 'credentials-rejected' }],
    [400, unusable],
    [302, unusable],
    [408, { code: 'platform-timeout' }],
    [429, { code: 'too-many-requests', retryAfterSeconds: 10 }],
    [500, { code: 'platform-unavailable' }],
    [503, { code: 'platform-unavailable' }],
    [504, { code: 'platform-timeout' }],
  ])('answering %i ends discovery with the problem of it', async (status, problem) => {
    platform.world.faults.set(operation, { status });
    await expect(discoverOnce()).rejects.toMatchObject(problem);
  });

  test.each(['', 'null', '[]', '"text"', '{"_links":', '<html></html>', '{"_links":[]}'])(
    'answering %j ends discovery as unusable',
    async (body) => {
      platform.world.faults.set(operation, { body });
      await expect(discoverOnce()).rejects.toMatchObject(unusable);
    },
  );

  test('answering more than 64 KiB ends discovery', async () => {
    platform.world.faults.set(operation, { oversize: true });
    await expect(discoverOnce()).rejects.toMatchObject({ code: 'too-large' });
  });
});
