import { createServer } from 'node:net';
import { HttpTransport, type Transport } from '../../../../lib/net/transport.ts';
import { makeCertificates } from '../../../../local/certificates.ts';
import { startTlsServer } from '../../net/tlsServer.ts';
import {
  contoso,
  failure,
  internalBy,
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
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

/** Discovery finds the user link, by the external name. */
async function expectExternalTried(send?: Transport): Promise<void> {
  await expect(adapter.discover(internalFirst, send)).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toContain(contoso.external);
}

test('29: no answer from the internal name: the external one is tried', async () => {
  adapter.behave({ internalRoot: 'silent' });
  await expectExternalTried(internalBy(adapter.impatient(300), adapter.transport));
});

test('29: the internal name is not waited for as long as a server that is there', async () => {
  adapter.behave({ internalRoot: 'silent' });
  const startedAt = performance.now();
  await expectExternalTried();
  expect(performance.now() - startedAt).toBeLessThan(4_500);
});

test('30: a connection that breaks: the external name is tried', async () => {
  adapter.behave({ internalRoot: 'cut' });
  await expectExternalTried();
});

test('30: a connection that is refused: the external name is tried', async () => {
  const closed = await closedPort();
  await expectExternalTried(internalBy(new HttpTransport({ connectTo: closed }).send, adapter.transport));
});

test('30: a name that DNS does not know: the external name is tried', async () => {
  const unknown = new HttpTransport({ connectTo: { host: 'lyncdiscoverinternal.contoso.invalid', port: 443 } }).send;
  await expectExternalTried(internalBy(unknown, adapter.transport));
});

test('31: 404 from the internal name: the external one is tried', async () => {
  adapter.behave({ internalRoot: 'not-found' });
  await expectExternalTried();
});

test('32: where http is allowed, the external name is tried when both have failed', async () => {
  adapter.behave({ internalRoot: 'not-found', httpRoot: 'not-found' });
  await expect(adapter.discover({ ...internalFirst, ...plainFirstHop })).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toEqual([contoso.internal, contoso.internal.replace('https:', 'http:'), contoso.external]);
});

test('33: 302 to another domain: the external name is tried, and the other domain is not asked', async () => {
  adapter.behave({ internalRoot: 'redirect-foreign' });
  await expectExternalTried();
  expect(adapter.arrived()).toEqual([contoso.internal, contoso.external]);
});

test('34: 302 to the same domain over https is followed, as a hop', async () => {
  adapter.behave({ externalRoot: 'redirect-same-domain' });
  await expect(adapter.discover()).resolves.toBe(contoso.userLink);
  expect(adapter.arrived()).toEqual([contoso.external, `https://lyncweb.contoso.example${rootPath}`]);
});

test('35: 302 to http is refused', async () => {
  adapter.behave({ externalRoot: 'redirect-http' });
  await expect(adapter.discover()).resolves.toMatchObject({
    hops: [{ status: 302, failure: expect.any(String) as string }],
  });
  expect(adapter.arrived()).toEqual([contoso.external]);
});

test.each([301, 303, 307, 308] as const)('36: %i follows the same rule as 302', async (redirectStatus) => {
  adapter.behave({ internalRoot: 'redirect-foreign', externalRoot: 'redirect-same-domain', redirectStatus });
  await expectExternalTried();
  expect(adapter.arrived().at(-1)).toBe(`https://lyncweb.contoso.example${rootPath}`);
});

test.each(['', '/', 'ftp://lyncweb.contoso.example/', 'https://', '//evil-contoso.example/'])(
  '36: a redirect to %j is a failure of the tier',
  async (location) => {
    adapter.world.faults.set('ucwa.root', { status: 302, headers: { location } });
    await expect(adapter.discover()).resolves.toMatchObject({ name: 'DiscoveryFailure' });
    expect(adapter.arrived().every((url) => url === contoso.external)).toBe(true);
  },
);

test('37: the transport follows no redirect by itself', async () => {
  adapter.behave({ externalRoot: 'redirect-same-domain' });
  const request = { method: 'GET', url: new URL(contoso.external) } as const;
  await expect(adapter.transport(request, new AbortController().signal)).resolves.toHaveProperty('status', 302);
  expect(adapter.arrived()).toEqual([contoso.external]);
});

test.each([400, 401, 403, 405, 429, 500, 502, 503, 504])('38: %i: the external name is tried', async (status) => {
  adapter.world.faults.set('ucwa.root', { status, times: 1 });
  await expectExternalTried();
});

test.each([
  '<!DOCTYPE html><html><body>Welcome</body></html>',
  '<html><body>Welcome</body></html>',
  '{"_links":{"user":{"href":"https://lyncweb.contoso',
  '',
  'null',
  '[]',
  '"text"',
])('38: 200 with %j: the external name is tried', async (body) => {
  adapter.world.faults.set('ucwa.root', { status: 200, body, times: 1 });
  await expectExternalTried();
});

test('38, 39: a web page, and an answer without any of the links: the external name is tried', async () => {
  for (const internalRoot of ['html', 'no-links'] as const) {
    await adapter.reset();
    adapter.behave({ internalRoot });
    await expectExternalTried();
  }
});

test('40: a certificate of another authority: the external name is tried', async () => {
  const impostor = await startTlsServer(await makeCertificates(['*.contoso.example']));
  try {
    await expectExternalTried(internalBy(new HttpTransport({ connectTo: impostor.connectTo }).send, adapter.transport));
    expect(impostor.requests).toEqual([]);
  } finally {
    await impostor.stop();
  }
});

test('41: when every tier has failed, each URL stands there with its cause, and the problem asks the caller to come back', async () => {
  adapter.behave({ internalRoot: 'redirect-foreign', externalRoot: 'not-found', httpRoot: 'html' });
  const plain = (url: string) => url.replace('https:', 'http:');
  await expect(adapter.discover({ ...internalFirst, ...plainFirstHop })).resolves.toMatchObject({
    code: 'all-tiers-failed',
    hops: [
      { url: contoso.internal, status: 302, failure: 'redirects to another domain or to http' },
      { url: plain(contoso.internal), status: 200, failure: 'is not an autodiscovery answer' },
      { url: contoso.external, status: 404, failure: 'refuses' },
      { url: plain(contoso.external), status: 200, failure: 'is not an autodiscovery answer' },
    ],
  });
});

test('42: an answer that is too long: the external name is tried', async () => {
  adapter.behave({ internalRoot: 'oversize' });
  await expectExternalTried();
});

test('two tiers that lead to the same servers are no loop', async () => {
  const location = `https://lyncweb.contoso.example${rootPath}/nowhere`;
  adapter.world.faults.set('ucwa.root', { status: 302, headers: { location } });
  await expect(adapter.discover(internalFirst)).resolves.toEqual(failure('all-tiers-failed'));
  expect(adapter.arrived()).toEqual([contoso.internal, location, contoso.external, location]);
});

async function closedPort(): Promise<{ host: string; port: number }> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { host: '127.0.0.1', port: address.port };
}
