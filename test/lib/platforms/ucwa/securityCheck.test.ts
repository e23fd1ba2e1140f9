import { isSameDomain, passesSecurityCheck } from '../../../../lib/platforms/ucwa/search.ts';
import {
  contoso,
  failure,
  internalFirst,
  plainFirstHop,
  rootPath,
  startAdapter,
  type AdapterUnderTest,
} from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(async () => {
  await adapter.reset();
  // What the plain listeners say counts, because the others say nothing.
  adapter.behave({ internalRoot: 'not-found', externalRoot: 'not-found' });
});
afterAll(() => adapter.stop());

const foreign = 'evil-contoso.example';
const foreignUser = `https://${foreign}${rootPath}/oauth/user?originalDomain=contoso.example`;
/** The foreign host is one that may be called; whether a redirect to it is followed is another matter. */
const foreignCallable = { UCWA_HOSTS: `contoso.example,${foreign}` };

test('44: a redirect that came over https passes at once', async () => {
  adapter.behave({ externalRoot: 'usual', redirect: 'foreign' });
  await expect(adapter.discover(foreignCallable)).resolves.toBe(foreignUser);
});

test.each(['bare-domain', 'web-services', 'other-pool'] as const)(
  '45: a redirect that came over http passes within the SIP domain (%s)',
  async (httpRedirect) => {
    adapter.behave({ httpRedirect });
    await expect(adapter.discover(plainFirstHop)).resolves.toMatch(/^https:\/\/[a-z0-9]+\.contoso\.example\/.*\/user/);
  },
);

test('46: a redirect that came over http passes to a trusted domain', async () => {
  adapter.behave({ httpRedirect: 'foreign' });
  await expect(adapter.discover({ ...plainFirstHop, UCWA_TRUSTED_DOMAINS: foreign })).resolves.toBe(foreignUser);
});

test('47: a redirect that came over http passes to a host that is approved for this SIP domain', async () => {
  adapter.behave({ httpRedirect: 'foreign' });
  const approved = { UCWA_APPROVED_HOSTS: `contoso.example=${foreign}` };
  await expect(adapter.discover({ ...plainFirstHop, ...approved })).resolves.toBe(foreignUser);
});

test('48: a redirect over http that would be blocked does no harm where https answers', async () => {
  adapter.behave({ externalRoot: 'usual', httpRedirect: 'foreign' });
  await expect(adapter.discover(plainFirstHop)).resolves.toBe(contoso.userLink);
});

test('48: where https failed, a blocked redirect ends discovery, and no other tier is tried', async () => {
  adapter.behave({ externalRoot: 'usual', httpRedirect: 'foreign' });
  await expect(adapter.discover({ ...internalFirst, ...plainFirstHop })).resolves.toEqual(failure('redirect-blocked'));
  expect(adapter.arrived()).toEqual([contoso.internal, contoso.internal.replace('https:', 'http:')]);
});

test.each([
  ['approved for another SIP domain', { ...foreignCallable, UCWA_APPROVED_HOSTS: `litware.example=${foreign}` }],
  ['next to an approved host', { ...foreignCallable, UCWA_APPROVED_HOSTS: `contoso.example=a.${foreign}` }],
  ['neither trusted nor approved', foreignCallable],
  ['not even to be called', {}],
])('49, 50, 51: a host that is %s is blocked: it is named, and no request is sent to it', async (_, changes) => {
  adapter.behave({ httpRedirect: 'foreign' });
  await expect(adapter.discover({ ...plainFirstHop, ...changes })).resolves.toMatchObject({
    code: 'redirect-blocked',
    blockedHost: foreign,
  });
  expect(adapter.arrived().filter((url) => url.includes(foreign))).toEqual([]);
});

test('50: an approved host approves no host below it', () => {
  const { trust } = adapter.settings({ UCWA_APPROVED_HOSTS: 'contoso.example=a.fabrikam.example' });
  const passes = (url: string) =>
    passesSecurityCheck(new URL('http://lyncdiscover.contoso.example/'), new URL(url), {
      domain: 'contoso.example',
      trust,
    });
  expect(passes('https://a.fabrikam.example/')).toBe(true);
  expect(passes('https://b.fabrikam.example/')).toBe(false);
  expect(passes('https://b.a.fabrikam.example/')).toBe(false);
  expect(passes('https://a.fabrikam.example:8443/')).toBe(false);
});

test.each([
  ['evilcontoso.com is not', 'https://evilcontoso.com/', false],
  ['contoso.com.evil.test is not', 'https://contoso.com.evil.test/', false],
  ['com is not', 'https://com/', false],
  ['lyncweb.contoso.com is', 'https://lyncweb.contoso.com/', true],
  ['contoso.com itself is', 'https://contoso.com/', true],
  ['LyncWeb.CONTOSO.com is', 'https://LyncWeb.CONTOSO.com/', true],
])('52, 53, 54: %s of the same domain as contoso.com', (_, url, expected) => {
  expect(isSameDomain(new URL(url), 'contoso.com')).toBe(expected);
});

test('54: a name in another script is compared by its A-labels', () => {
  expect(isSameDomain(new URL('https://lyncweb.bücher.example/'), 'xn--bcher-kva.example')).toBe(true);
  expect(isSameDomain(new URL('https://lyncweb.bucher.example/'), 'xn--bcher-kva.example')).toBe(false);
});

test('54: the dot that may end a host name does not change whose it is', () => {
  expect(isSameDomain(new URL('https://lyncweb.contoso.com./'), 'contoso.com')).toBe(true);
  expect(isSameDomain(new URL('https://contoso.com.evil.test./'), 'contoso.com')).toBe(false);
});
