import { DiscoveryFailure } from '../../../../lib/platforms/ucwa/autodiscovery.ts';
import {
  contoso,
  guestOf,
  internalFirst,
  plainFirstHop,
  requestSignal,
  startWing,
  type WingUnderTest,
} from './adapterUnderTest.ts';

let wing: WingUnderTest;
beforeAll(async () => {
  wing = await startWing();
});
beforeEach(() => wing.reset());
afterAll(() => wing.stop());

test('15: the internal root is https://lyncdiscoverinternal.<domain>/ and nothing more', async () => {
  await wing.discover(internalFirst);
  expect(wing.sent.map(({ method, url }) => `${method} ${url.href}`)).toEqual([`GET ${contoso.internal}`]);
});

test('16: the external root is https://lyncdiscover.<domain>/ and nothing more', async () => {
  await wing.discover();
  expect(wing.sent.map(({ method, url }) => `${method} ${url.href}`)).toEqual([`GET ${contoso.external}`]);
});

test('17: nothing is asked over plain http unless it is switched on', async () => {
  wing.behave({ internalRoot: 'not-found', externalRoot: 'not-found' });
  await expect(wing.discover(internalFirst)).resolves.toBeInstanceOf(DiscoveryFailure);
  expect(wing.arrived()).toEqual([contoso.internal, contoso.external]);
});

test('19: where https answers, http is not even asked', async () => {
  await expect(wing.discover(plainFirstHop)).resolves.toBe(contoso.userLink);
  expect(wing.arrived()).toEqual([contoso.external]);
});

test('19, 32: where https fails, http leads to the https servers', async () => {
  wing.behave({ externalRoot: 'not-found' });
  await expect(wing.discover(plainFirstHop)).resolves.toBe(contoso.userLink);
  expect(wing.arrived().slice(0, 2)).toEqual([contoso.external, contoso.external.replace('https:', 'http:')]);
  expect(wing.world.calls.filter(({ scheme }) => scheme === 'http')).toHaveLength(1);
});

test('17, 19: over plain http a user link is not believed, and neither is it over an answer without a redirect', async () => {
  wing.behave({ externalRoot: 'not-found', httpRedirect: 'none' });
  await expect(wing.discover(plainFirstHop)).resolves.toMatchObject({
    code: 'all-tiers-failed',
    hops: [{ failure: 'refuses' }, { failure: 'has no usable user link' }],
  });
});

test('20: the external name is not asked when the internal one answered', async () => {
  await expect(wing.discover(internalFirst)).resolves.toBe(contoso.userLink);
  expect(wing.arrived()).toEqual([contoso.internal]);
});

test('21: the external name is asked when the internal one failed', async () => {
  wing.behave({ internalRoot: 'not-found' });
  await expect(wing.discover(internalFirst)).resolves.toBe(contoso.userLink);
  expect(wing.arrived()).toEqual([contoso.internal, contoso.external]);
});

test('22: the internal name is never asked where discovery is external only, which is the default', async () => {
  wing.behave({ externalRoot: 'not-found' });
  await expect(wing.discover()).resolves.toBeInstanceOf(DiscoveryFailure);
  expect(wing.arrived()).toEqual([contoso.external]);
});

test('23, 24: discovery says what it accepts, and nothing else: no credentials, no browser headers', async () => {
  wing.behave({ redirect: 'web-services' });
  await wing.discover();
  expect(wing.sent).toHaveLength(2);
  for (const { headers, body } of wing.sent) {
    expect(headers).toEqual({ accept: 'application/json' });
    expect(body).toBeUndefined();
  }
});

test('25: the xframe is never fetched, and may be missing', async () => {
  wing.world.faults.set('ucwa.root', {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ _links: { user: { href: contoso.userLink } } }),
  });
  await wing.newPlatform().issue(guestOf(), requestSignal());
  expect(wing.arrived().filter((url) => /xframe/i.test(url))).toEqual([]);
});

test('26: no sipuri is sent, which would tell every server on the way who the organizer is', async () => {
  wing.behave({ redirect: 'web-services' });
  await wing.newPlatform().issue(guestOf(), requestSignal());
  const queries = wing.world.calls.map(({ query }) => query);
  expect(queries.filter((query) => /sipuri/i.test(query))).toEqual([]);
});

test("27: what servers write into their links is kept byte for byte, in requests and in the guest's answer", async () => {
  const userLink = `${contoso.user}?originalDomain=Contoso.Example&x=%7e+a%2B%3d;b=`;
  wing.world.faults.set('ucwa.root', {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ _links: { user: { href: userLink } } }),
  });
  const join = await wing.newPlatform().issue(guestOf(), requestSignal());
  expect(join.discoverUrl).toBe(userLink);
  const calls = wing.world.calls.filter(({ operation }) => operation === 'ucwa.user');
  expect(calls.map(({ query }) => query)).toEqual(calls.map(() => new URL(userLink).search));
});

test('28: a request without an answer ends by itself', async () => {
  wing.behave({ externalRoot: 'silent' });
  await expect(wing.discover({}, wing.impatient(300))).resolves.toMatchObject({
    hops: [{ url: contoso.external, failure: 'no answer (timeout)' }],
  });
});

test('a caller whose time is up ends the search, and no other tier is tried', async () => {
  wing.behave({ internalRoot: 'silent' });
  const issuing = wing.newPlatform(internalFirst).issue(guestOf(), AbortSignal.timeout(300));
  await expect(issuing).rejects.toMatchObject({ code: 'platform-timeout' });
  expect(wing.arrived()).not.toContain(contoso.external);
});
