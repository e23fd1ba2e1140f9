import { resolvePlatformLink } from '../../../../lib/platforms/ucwa/trust.ts';
import {
  contoso,
  failure,
  guestOf,
  plainFirstHop,
  requestSignal,
  rootPath,
  startWing,
  type WingUnderTest,
} from './adapterUnderTest.ts';

let wing: WingUnderTest;
beforeAll(async () => {
  wing = await startWing();
});
beforeEach(() => wing.reset());
afterAll(() => wing.stop());

const query = '?originalDomain=contoso.example';

/** The next root answers with these links. */
function answerOnce(links: Record<string, unknown>): void {
  const body = JSON.stringify({ _links: links });
  wing.world.faults.set('ucwa.root', { status: 200, body, times: 1 });
}

test('43: a redirect in the body of a 200 is followed, and wins over the user link beside it', async () => {
  for (const redirectBesideLink of [false, true]) {
    wing.behave({ redirect: 'other-pool', redirectBesideLink });
    await expect(wing.discover()).resolves.toBe(`${contoso.pool2}${rootPath}/oauth/user${query}`);
  }
});

test('55: a host that hides behind the name of a good one is judged by what it is', async () => {
  wing.behave({ redirect: 'userinfo' });
  await expect(wing.discover()).resolves.toMatchObject({
    code: 'redirect-blocked',
    blockedHost: 'evil-contoso.example',
  });
  expect(wing.arrived()).toEqual([contoso.external]);
});

test('56: a redirect or user link to http is asked for over https', async () => {
  wing.behave({ redirect: 'http', userLink: 'http' });
  await expect(wing.discover()).resolves.toBe(`${contoso.pool2}${rootPath}/oauth/user${query}`);
  expect(wing.arrived()).toEqual([contoso.external, `${contoso.pool2}${rootPath}`]);
});

test('57: relative links are meant from the URL that was asked', async () => {
  answerOnce({ redirect: { href: 'Autodiscover/AutodiscoverService.svc/root?from=here' } });
  wing.behave({ userLink: 'relative' });
  await expect(wing.discover()).resolves.toBe(`${contoso.external.slice(0, -1)}${rootPath}/oauth/user${query}`);
  expect(wing.arrived().at(-1)).toBe(`${contoso.external.slice(0, -1)}${rootPath}`);
});

test('57: relative links of a plain answer are meant from its host, over https', () => {
  const target = resolvePlatformLink(rootPath, new URL('http://lyncdiscover.contoso.example/'), wing.settings().trust);
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
  await expect(wing.discover()).resolves.toEqual(failure('redirect-blocked'));
  answerOnce({ user: { href } });
  await expect(wing.discover()).resolves.toMatchObject({
    code: 'all-tiers-failed',
    hops: [{ url: contoso.external, failure: 'has no usable user link' }],
  });
  expect(wing.arrived()).toEqual([contoso.external, contoso.external]);
});

test('59: after ten hops, 30x and body redirects together, discovery gives up', async () => {
  wing.behave({ externalRoot: 'redirect-same-domain', redirect: 'endless' });
  await expect(wing.discover()).resolves.toEqual(failure('endless'));
  expect(wing.arrived()).toHaveLength(10);
});

test('60: a redirect to where we were is a loop', async () => {
  for (const redirect of ['loop', 'self'] as const) {
    await wing.reset();
    wing.behave({ redirect });
    await expect(wing.discover()).resolves.toEqual(failure('endless'));
    expect(new Set(wing.world.calls.map(({ host, path }) => host + path)).size).toBe(wing.world.calls.length);
  }
});

test('60: a redirect to where we were does not matter where the user link stands beside it', async () => {
  wing.behave({ redirect: 'self', redirectBesideLink: true });
  await expect(wing.discover()).resolves.toBe(contoso.userLink);
  expect(wing.arrived()).toEqual([contoso.external]);
});

test('62: a redirect to the cloud means that the organizer is homed online', async () => {
  wing.behave({ redirect: 'online' });
  await expect(wing.discover()).resolves.toEqual(failure('homed-online'));
  wing.behave({ externalRoot: 'not-found', httpRedirect: 'online' });
  await expect(wing.discover(plainFirstHop)).resolves.toEqual(failure('homed-online'));
  await expect(wing.newPlatform().issue(guestOf(), requestSignal())).rejects.toMatchObject({
    code: 'platform-unavailable',
  });
  wing.behave({ externalRoot: 'usual' });
  await expect(wing.newPlatform().issue(guestOf(), requestSignal())).rejects.toMatchObject({
    code: 'platform-refused',
    reason: 'organizer-homed-online',
  });
  expect(wing.arrived().filter((url) => url.includes('online'))).toEqual([]);
});

test('65: 410 from the root means that there is no other pool', async () => {
  wing.behave({ redirect: 'cannot-redirect' });
  await expect(wing.discover()).resolves.toMatchObject({
    code: 'no-pool',
    hops: [{ url: contoso.external, status: 410 }],
  });
});
