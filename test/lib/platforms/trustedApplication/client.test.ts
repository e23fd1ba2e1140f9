import type { EntraTokens } from '../../../../lib/azure/entraToken.ts';
import { callService, type ServiceClient } from '../../../../lib/platforms/trustedApplication/client.ts';
import { asPlatformProblem } from '../../../../lib/platforms/trustedApplication/failure.ts';
import { traced } from '../../../../lib/telemetry.ts';
import { requestSignal, startPlatformUnderTest, type PlatformUnderTest } from './platformUnderTest.ts';

let platform: PlatformUnderTest;
let tokens: EntraTokens;
let client: ServiceClient;

beforeAll(async () => {
  platform = await startPlatformUnderTest();
});
beforeEach(async () => {
  await platform.world.reset();
  tokens = platform.newTokens();
  client = { send: platform.transport, tokens, hosts: platform.settings.hosts };
});
afterAll(() => platform.stop());

const discover = (): ReturnType<typeof callService> =>
  callService(client, { method: 'GET', url: platform.settings.discoverUrl }, requestSignal()).catch(asAdapter);

/** As the edge of the adapter has it. */
function asAdapter(error: unknown): never {
  throw asPlatformProblem(error);
}

/** Lets the discover host answer once with a redirect. */
function redirect(location: string | undefined, status = 307): void {
  const headers = location === undefined ? {} : { Location: location };
  platform.world.faults.set('platform.discover', { status, headers, times: 1 });
}

const hostsCalled = (): string[] => platform.platformCalls().map(({ host }) => host);

test('every call carries a token for the platform', async () => {
  await expect(discover()).resolves.toMatchObject({ status: 200 });
  expect(platform.platformCalls()).toMatchObject([{ status: 200, authorized: true }]);
});

test('the request is recognisable to the platform by its correlation id', async () => {
  await traced({ correlationId: '0af7651916cd43dd8448eb211c80319c', steps: {} }, discover);
  expect(platform.platformCalls()[0]?.requestId).toBe('0af7651916cd43dd8448eb211c80319c');
  await discover();
  expect(platform.platformCalls()[1]).not.toHaveProperty('requestId');
});

test.each([
  'https://evil-lync.example/platformservice/discover',
  'https://api.skype.example.evil-lync.example/platformservice/discover',
  'https://api.skype.example:8443/platformservice/discover',
  'https://lync.example/platformservice/discover',
])('a call to %s, which no rule covers, is not made', async (url) => {
  const calling = callService(client, { method: 'GET', url: new URL(url) }, requestSignal()).catch(asAdapter);
  await expect(calling).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  expect(platform.world.calls).toEqual([]);
});

describe('a redirect', () => {
  test.each([307, 308])('with %i to another host of the platform is followed with the token', async (status) => {
    redirect('https://noammeetings.resources.lync.example/platformservice/discover', status);
    await expect(discover()).resolves.toMatchObject({ status: 200 });
    expect(hostsCalled()).toEqual(['api.skype.example', 'noammeetings.resources.lync.example']);
    expect(platform.platformCalls().map(({ authorized }) => authorized)).toEqual([true, true]);
  });

  test.each([
    ['a foreign host', 'https://evil-lync.example/platformservice/discover'],
    ['plain http', 'http://api.skype.example/platformservice/discover'],
    ['a host with userinfo', 'https://api.skype.example@evil-lync.example/'],
    ['a backslash', 'https://evil-lync.example\\.skype.example/'],
    ['another port', 'https://api.skype.example:4443/platformservice/discover'],
    ['an address', 'https://127.0.0.1/platformservice/discover'],
    ['a relative path', '/platformservice/discover?again'],
    ['nowhere', undefined],
  ])('to %s makes no request', async (_, location) => {
    redirect(location);
    await expect(discover()).resolves.toMatchObject({ status: 307 });
    expect(hostsCalled()).toEqual(['api.skype.example']);
  });

  test.each([301, 302, 303])('with %i is an answer like any other', async (status) => {
    redirect('https://noammeetings.resources.lync.example/platformservice/discover', status);
    await expect(discover()).resolves.toMatchObject({ status });
    expect(hostsCalled()).toEqual(['api.skype.example']);
  });

  test('is followed once: the second is an answer like any other', async () => {
    const headers = { Location: 'https://noammeetings.resources.lync.example/platformservice/discover' };
    platform.world.faults.set('platform.discover', { status: 307, headers });
    await expect(discover()).resolves.toMatchObject({ status: 307 });
    expect(hostsCalled()).toHaveLength(2);
  });
});

describe('401', () => {
  test('drops the token, fetches another and repeats the call once', async () => {
    await discover();
    platform.world.entra.revokeIssuedTokens();
    await expect(discover()).resolves.toMatchObject({ status: 200 });
    expect(platform.platformCalls().map(({ status }) => status)).toEqual([200, 401, 200]);
    expect(platform.world.counts()['entra.token']).toBe(2);
  });

  test('again is an answer like any other', async () => {
    platform.world.faults.set('platform.discover', { status: 401 });
    await expect(discover()).resolves.toMatchObject({ status: 401 });
    expect(platform.platformCalls()).toHaveLength(2);
    expect(platform.world.counts()['entra.token']).toBe(2);
  });

  test('of many requests at once is one renewal', async () => {
    await discover();
    platform.world.entra.revokeIssuedTokens();
    const answers = await Promise.all(Array.from({ length: 20 }, discover));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(platform.world.counts()['entra.token']).toBe(2);
  });

  test('after a redirect repeats the call from its start', async () => {
    await discover();
    platform.world.entra.revokeIssuedTokens();
    redirect('https://noammeetings.resources.lync.example/platformservice/discover');
    await expect(discover()).resolves.toMatchObject({ status: 200 });
    expect(hostsCalled().slice(1)).toEqual([
      'api.skype.example',
      'noammeetings.resources.lync.example',
      'api.skype.example',
    ]);
  });
});
