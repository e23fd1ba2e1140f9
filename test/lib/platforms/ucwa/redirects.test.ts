import { resolvePlatformLink } from '../../../../lib/platforms/ucwa/search.ts';
import {
  contoso,
  failure,
  guestOf,
  plainFirstHop,
  requestSignal,
  rootPath,
  startAdapter,
  type AdapterUnderTest,
} from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const query = '?originalDomain=contoso.example';

/** The next root answers with these links. */
function answerOnce(links: Record<string, unknown>): void {
  const body = JSON.stringify({ _links: links });
  adapter.world.faults.set('ucwa.root', { status: 200, body, times: 1 });
}

test('43: a redirect in the body of a 200 is followed, and wins over the user link beside it', async () => {
  for (const redirectBesideLink of [false, true]) {
    adapter.behave({ redirect: 'other-pool', redirectBesideLink });
    await expect(adapter.discover()).resolves.toBe(`${contoso.pool2}${rootPath}/oauth/user${query}`);
  }
});

test('55: a host that hides behind the name of a good one is judged by what it is', async () => {
  adapter.behave({ redirect: 'userinfo' });
  await expect(adapter.discover()).resolves.toMatchObject({
    code: 'redirect-blocked',
    blockedHost: 'evil-contoso.example',
  });
  expect(adapter.arrived()).toEqual([contoso.external]);
});

test('56: a redirect or user link to http is asked for over https', async () => {
  adapter.behave({ redirect: 'http', userLink: 'http' });
  await expect(adapter.discover()).resolves.toBe(`${contoso.pool2}${rootPath}/oauth/user${query}`);
  expect(adapter.arrived()).toEqual([contoso.external, `${contoso.pool2}${rootPath}`]);
});

test('57: relative links are meant from the URL that was asked', async () => {
  answerOnce({ redirect: { href: 'Autodiscover/AutodiscoverService.svc/root?from=here' } });
  adapter.behave({ userLink: 'relative' });
  await expect(adapter.discover()).resolves.toBe(`${contoso.external.slice(0, -1)}${rootPath}/oauth/user${query}`);
  expect(adapter.arrived().at(-1)).toBe(`${contoso.external.slice(0, -1)}${rootPath}`);
});

test('57: relative links of a plain answer are meant from its host, over https', () => {
  const target = resolvePlatformLink(
    rootPath,
    new URL('http://lyncdiscover.contoso.example/'),
    adapter.settings().trust,
  );
  expect(target?.href).toBe(`https://lyncdiscover.contoso.example${rootPath}`);
});

test.each([
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/plain,x',
  'https://',
  'https://[',
  'ftp://contoso.example/',
])('58: a link to %j is an error, as a redirect and as a user link', async (href) => {
  answerOnce({ redirect: { href } });
  await expect(adapter.discover()).resolves.toEqual(failure('redirect-blocked'));
  answerOnce({ user: { href } });
  await expect(adapter.discover()).resolves.toMatchObject({
    code: 'all-tiers-failed',
    hops: [{ url: contoso.external, failure: 'has no usable user link' }],
  });
  expect(adapter.arrived()).toEqual([contoso.external, contoso.external]);
});

test('59: after ten hops, 30x and body redirects together, discovery gives up', async () => {
  adapter.behave({ externalRoot: 'redirect-same-domain', redirect: 'endless' });
  await expect(adapter.discover()).resolves.toEqual(failure('endless'));
  expect(adapter.arrived()).toHaveLength(10);
});

test('60: a redirect to where we were is a loop', async () => {
  for (const redirect of ['loop', 'self'] as const) {
    await adapter.reset();
    adapter.behave({ redirect });
    await expect(adapter.discover()).resolves.toEqual(failure('endless'));
    expect(new Set(adapter.world.calls.map(({ host, path }) => host + path)).size).toBe(adapter.world.calls.length);
  }
});

test('60: a redirect to where we were does not matter where the user link stands beside it', async () => {
  adapter.behave({ redirect: 'self', redirectBesideLink: true });
  await expect(adapter.discover()).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toEqual([contoso.external]);
});

test('62: a redirect to the cloud means that the organizer is homed online', async () => {
  adapter.behave({ redirect: 'online' });
  await expect(adapter.discover()).resolves.toEqual(failure('homed-online'));
  adapter.behave({ externalRoot: 'not-found', httpRedirect: 'online' });
  await expect(adapter.discover(plainFirstHop)).resolves.toEqual(failure('homed-online'));
  await expect(adapter.newPlatform().issue(guestOf(), requestSignal())).rejects.toMatchObject({
    code: 'platform-unavailable',
  });
  adapter.behave({ externalRoot: 'usual' });
  await expect(adapter.newPlatform().issue(guestOf(), requestSignal())).rejects.toMatchObject({
    code: 'platform-refused',
    reason: 'organizer-homed-online',
  });
  expect(adapter.arrived().filter((url) => url.includes('online'))).toEqual([]);
});

test('65: 410 from the root means that there is no other pool', async () => {
  adapter.behave({ redirect: 'cannot-redirect' });
  await expect(adapter.discover()).resolves.toMatchObject({
    code: 'no-pool',
    hops: [{ url: contoso.external, status: 410 }],
  });
});
