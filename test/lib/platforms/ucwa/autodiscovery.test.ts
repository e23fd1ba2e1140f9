import { DiscoveryFailure } from '../../../../lib/platforms/ucwa/failure.ts';
import {
  contoso,
  guestOf,
  internalFirst,
  plainFirstHop,
  requestSignal,
  startAdapter,
  type AdapterUnderTest,
} from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

test('15: the internal root is https://lyncdiscoverinternal.<domain>/ and nothing more', async () => {
  await adapter.discover(internalFirst);
  expect(adapter.sent.map(({ method, url }) => `${method} ${url.href}`)).toEqual([`GET ${contoso.internal}`]);
});

test('16: the external root is https://lyncdiscover.<domain>/ and nothing more', async () => {
  await adapter.discover();
  expect(adapter.sent.map(({ method, url }) => `${method} ${url.href}`)).toEqual([`GET ${contoso.external}`]);
});

test('17: nothing is asked over plain http unless it is switched on', async () => {
  adapter.behave({ internalRoot: 'not-found', externalRoot: 'not-found' });
  await expect(adapter.discover(internalFirst)).resolves.toBeInstanceOf(DiscoveryFailure);
  expect(adapter.arrived()).toEqual([contoso.internal, contoso.external]);
});

test('19: where https answers, http is not even asked', async () => {
  await expect(adapter.discover(plainFirstHop)).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toEqual([contoso.external]);
});

test('19, 32: where https fails, http leads to the https servers', async () => {
  adapter.behave({ externalRoot: 'not-found' });
  await expect(adapter.discover(plainFirstHop)).resolves.toBe(contoso.userLink);
  expect(adapter.arrived().slice(0, 2)).toEqual([contoso.external, contoso.external.replace('https:', 'http:')]);
  expect(adapter.world.calls.filter(({ scheme }) => scheme === 'http')).toHaveLength(1);
});

test('17, 19: over plain http a user link is not believed, and neither is it over an answer without a redirect', async () => {
  adapter.behave({ externalRoot: 'not-found', httpRedirect: 'none' });
  await expect(adapter.discover(plainFirstHop)).resolves.toMatchObject({
    code: 'all-tiers-failed',
    hops: [{ failure: 'refuses' }, { failure: 'has no usable user link' }],
  });
});

test('20: the external name is not asked when the internal one answered', async () => {
  await expect(adapter.discover(internalFirst)).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toEqual([contoso.internal]);
});

test('21: the external name is asked when the internal one failed', async () => {
  adapter.behave({ internalRoot: 'not-found' });
  await expect(adapter.discover(internalFirst)).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toEqual([contoso.internal, contoso.external]);
});

test('22: the internal name is never asked where discovery is external only, which is the default', async () => {
  adapter.behave({ externalRoot: 'not-found' });
  await expect(adapter.discover()).resolves.toBeInstanceOf(DiscoveryFailure);
  expect(adapter.arrived()).toEqual([contoso.external]);
});

test('23, 24: discovery says what it accepts, and nothing else: no credentials, no browser headers', async () => {
  adapter.behave({ redirect: 'web-services' });
  await adapter.discover();
  expect(adapter.sent).toHaveLength(2);
  for (const { headers, body } of adapter.sent) {
    expect(headers).toEqual({ accept: 'application/json' });
    expect(body).toBeUndefined();
  }
});

test('25: the xframe is never fetched, and may be missing', async () => {
  adapter.world.faults.set('ucwa.root', {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ _links: { user: { href: contoso.userLink } } }),
  });
  await adapter.newPlatform().issue(guestOf(), requestSignal());
  expect(adapter.arrived().filter((url) => /xframe/i.test(url))).toEqual([]);
});

test('26: no sipuri is sent, which would show every server on the way who the organizer is', async () => {
  adapter.behave({ redirect: 'web-services' });
  await adapter.newPlatform().issue(guestOf(), requestSignal());
  const queries = adapter.world.calls.map(({ query }) => query);
  expect(queries.filter((query) => /sipuri/i.test(query))).toEqual([]);
});

test("27: what servers write into their links is kept byte for byte, in requests and in the guest's answer", async () => {
  const userLink = `${contoso.user}?originalDomain=Contoso.Example&x=%7e+a%2B%3d;b=`;
  adapter.world.faults.set('ucwa.root', {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ _links: { user: { href: userLink } } }),
  });
  const join = await adapter.newPlatform().issue(guestOf(), requestSignal());
  expect(join.discoverUrl).toBe(userLink);
  const calls = adapter.world.calls.filter(({ operation }) => operation === 'ucwa.user');
  expect(calls.map(({ query }) => query)).toEqual(calls.map(() => new URL(userLink).search));
});

test('28: a request without an answer ends by itself', async () => {
  adapter.behave({ externalRoot: 'silent' });
  await expect(adapter.discover({}, adapter.impatient(300))).resolves.toMatchObject({
    hops: [{ url: contoso.external, failure: 'no answer (timeout)' }],
  });
});

test('a caller whose time is up ends the search, and no other tier is tried', async () => {
  adapter.behave({ internalRoot: 'silent' });
  const issuing = adapter.newPlatform(internalFirst).issue(guestOf(), AbortSignal.timeout(300));
  await expect(issuing).rejects.toMatchObject({ code: 'platform-timeout' });
  expect(adapter.arrived()).not.toContain(contoso.external);
});
