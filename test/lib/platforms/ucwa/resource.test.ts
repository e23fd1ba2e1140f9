import { parseDiscovery } from '../../../../lib/platforms/ucwa/resource.ts';
import { contoso, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const parse = (value: unknown) => parseDiscovery(JSON.stringify(value));
const user = 'https://lyncweb.contoso.example/root/user';
const elsewhere = 'https://pool02.contoso.example/root';
const applications = 'https://lyncweb.contoso.example/ucwa/applications';

test('66: links are read whether or not the resource says what it is', async () => {
  const _links = { user: { href: user } };
  await expect(parse({ _links })).resolves.toEqual({ user });
  await expect(parse({ _links, rel: 'root' })).resolves.toEqual({ user });
});

test('67: of a list of links the first counts', async () => {
  await expect(parse({ _links: { user: [{ href: user }, { href: elsewhere }] } })).resolves.toEqual({ user });
});

test('68: a byte order mark before the answer is tolerated, before JSON and before XML', async () => {
  for (const dialect of ['hal', 'access-location', 'xml'] as const) {
    adapter.behave({ bom: true, dialect });
    await expect(adapter.discover()).resolves.toBe(contoso.userLink);
  }
});

test.each(['access-location', 'xml'] as const)(
  '69: the dialect of Lync 2013 (%s) is understood from the root to UCWA',
  async (dialect) => {
    adapter.behave({ dialect });
    const join = await adapter.newPlatform().issue(guestOf(), requestSignal());
    expect(join).toMatchObject({ discoverUrl: contoso.userLink, applicationsUrl: contoso.applications });
  },
);

test('69: of its links OAuth is the user link, and User, the entry for SOAP, is not', async () => {
  const Links = [
    { token: 'Domain', href: 'https://lyncweb.contoso.example/root/domain' },
    { token: 'User', href: 'https://lyncweb.contoso.example/root/soap' },
  ];
  await expect(parse({ AccessLocation: 'External', Root: { Links } })).resolves.toEqual({});
  await expect(parse({ Root: { Links: [...Links, { token: 'OAuth', href: user }] } })).resolves.toEqual({ user });
});

test.each(['access-location', 'xml'] as const)('70: its Redirect (%s) is a redirect', async (dialect) => {
  adapter.behave({ dialect, redirect: 'other-pool' });
  await expect(adapter.discover()).resolves.toContain(contoso.pool2);
});

test.each(['Internal', 'External'] as const)('71: its UCWA for callers from %s is taken', async (accessLocation) => {
  for (const dialect of ['access-location', 'xml'] as const) {
    adapter.behave({ dialect, accessLocation });
    const join = await adapter.newPlatform().issue(guestOf(), requestSignal());
    expect(join.applicationsUrl).toBe(contoso.applications);
  }
});

test('71: UCWA without a place is taken where there is none for the place', async () => {
  const Links = [{ token: 'Ucwa', href: applications }];
  await expect(parse({ AccessLocation: 'Internal', User: { Links } })).resolves.toEqual({ applications });
  Links.unshift({ token: 'Internal/Ucwa', href: elsewhere });
  await expect(parse({ User: { Links } })).resolves.toEqual({ applications });
});

test('72: properties and links that are not known are ignored, whatever they are', async () => {
  const _links = { user: { href: user, title: null }, next: null, self: 7, xframe: [], constructor: {} };
  await expect(parse({ _links, _embedded: [], etag: 1 })).resolves.toEqual({ user });
  const Links = [{ token: 7 }, {}, { token: 'Self', href: null }, { token: 'OAuth', href: user, more: true }];
  await expect(parse({ AccessLocation: 'External', Root: { Links }, more: 1 })).resolves.toEqual({ user });
});

test.each(['2', '1.5', 3, undefined])('73: a revision (%j) is tolerated', async (revision) => {
  await expect(parse({ _links: { applications: { href: applications, revision } } })).resolves.toEqual({
    applications,
  });
});

test('74, 75: user is used as given, and what it calls itself does not matter', async () => {
  for (const path of ['/root/user', '/root/oauth/user']) {
    adapter.world.faults.set('ucwa.root', {
      status: 200,
      body: JSON.stringify({
        _links: {
          self: { href: 'https://fe01.contoso.example/somewhere/else' },
          user: { href: `https://lyncweb.contoso.example${path}` },
        },
      }),
    });
    await expect(adapter.discover()).resolves.toBe(`https://lyncweb.contoso.example${path}`);
  }
});

test.each([{}, { href: '' }, { href: null }, { href: 7 }, null, 'text', [], [{}], [null]])(
  '76: a link without href (%j) is an error that names the link',
  async (link) => {
    for (const name of ['redirect', 'user', 'applications']) {
      await expect(parse({ _links: { [name]: link } })).resolves.toEqual({ unusable: name });
    }
    const body = JSON.stringify({ _links: { user: link } });
    adapter.world.faults.set('ucwa.root', { status: 200, body });
    await expect(adapter.discover()).resolves.toMatchObject({
      code: 'all-tiers-failed',
      hops: [{ url: contoso.external, failure: 'has a user link without href' }],
    });
  },
);

test('76: so is one after authentication, and in the older dialects', async () => {
  await expect(parse({ User: { Links: [{ token: 'Ucwa' }] } })).resolves.toEqual({ unusable: 'applications' });
  const xml = '<AutodiscoverResponse><Root><Link token="OAuth"/></Root></AutodiscoverResponse>';
  await expect(parseDiscovery(xml)).resolves.toEqual({ unusable: 'user' });
});

describe('XML', () => {
  const root = (links: string) => `<resource rel="root" href="/" xmlns="urn:ucwa">${links}</resource>`;

  test('is read in the dialect of UCWA too, with its characters as they are meant', async () => {
    const links = '<link rel="self" href="/x"/><link rel="user" href="/user?a=1&amp;b=2"/>';
    await expect(parseDiscovery(`<?xml version="1.0"?>${root(links)}`)).resolves.toEqual({ user: '/user?a=1&b=2' });
  });

  test('of another kind is no answer of discovery', async () => {
    for (const text of ['<html><body/></html>', '<resource/>', '<a><b></a>', '<', '<a', '<AutodiscoverResponse/>']) {
      await expect(parseDiscovery(text)).resolves.toBeUndefined();
    }
  });

  test('with a document type is refused, wherever its name for a link would lead', async () => {
    const link = '<link rel="user" href="&user;"/>';
    const declared = `<!DOCTYPE resource [<!ENTITY user "${user}">]>${root(link)}`;
    await expect(parseDiscovery(declared)).resolves.toBeUndefined();
    await expect(parseDiscovery(declared.toLowerCase().replace('!entity', '!ENTITY'))).resolves.toBeUndefined();
  });

  test('that is nested as deep as an answer may be long does no harm', async () => {
    const depth = 8_000;
    const nested = '<resource>'.repeat(depth) + '</resource>'.repeat(depth);
    await expect(parseDiscovery(nested.slice(0, 64 * 1024))).resolves.toBeUndefined();
    await expect(parseDiscovery('<resource>'.repeat(3_000) + '</resource>'.repeat(3_000))).resolves.toBeUndefined();
  });
});
