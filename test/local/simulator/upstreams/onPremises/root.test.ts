import type { RootAnswer, BodyRedirect } from '../../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import { at } from '../../setUp.ts';
import { href, rootPath, startOnPremises, type OnPremisesTest, bearer, userUrl } from './onPremises.ts';

const internal = 'https://lyncdiscoverinternal.contoso.example/';
const external = 'https://lyncdiscover.contoso.example/';
const webRoot = `https://lyncweb.contoso.example${rootPath}?originalDomain=contoso.example`;

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe('the HTTP listener', () => {
  test('207: the HTTP listener answers 200 with only the redirect link to HTTPS', async () => {
    const reply = await simulator.ask('http://lyncdiscover.contoso.example/');
    expect(reply).toMatchObject({ status: 200, json: { _links: { redirect: { href: webRoot } } } });
    expect(Object.keys(at(reply.json, '_links') as object)).toEqual(['redirect']);
    expect(simulator.world.calls).toMatchObject([
      { scheme: 'http', operation: 'ucwa.root', host: 'lyncdiscover.contoso.example' },
    ]);
  });

  test('207: the HTTP listener answers with only the redirect token in the other dialects', async () => {
    const accept = 'application/vnd.microsoft.rtc.autodiscover+json;v=1';
    const json = await simulator.ask('http://lyncdiscoverinternal.contoso.example/', { headers: { accept } });
    expect(json.json).toEqual({
      AccessLocation: 'Internal',
      Root: { Links: [{ token: 'Redirect', href: webRoot }] },
    });
    const xml = await simulator.ask('http://lyncdiscover.litware.example/', {
      headers: { accept: accept.replace('json', 'xml') },
    });
    expect(xml.text).toBe(
      `<AutodiscoverResponse AccessLocation="External"><Root><Link token="Redirect" href="${webRoot.replaceAll('contoso', 'litware')}"/></Root></AutodiscoverResponse>`,
    );
  });

  test('207: the HTTP listener serves nothing but roots', async () => {
    const ticket = await simulator.ask('http://lyncweb.contoso.example/WebTicket/oauthtoken', {
      method: 'POST',
      body: '',
    });
    expect(ticket.status).toBe(403);
    expect((await simulator.ask('http://meet.contoso.example/john/5LB7MRBC')).status).toBe(403);
    expect((await simulator.ask('http://api.skype.example/platformservice/discover')).status).toBe(403);
    expect(simulator.world.counts()).toMatchObject({ unknown: 3, 'ucwa.token': 0, 'platform.discover': 0 });
  });
});

describe('the dialects of a root', () => {
  const links = {
    self: webRoot,
    domain: webRoot.replace('root?', 'root/domain?'),
    userEntry: webRoot.replace('root?', 'root/user?'),
  };

  test.each([undefined, '*/*', 'application/json', 'application/vnd.microsoft.com.ucwa+json', 'text/html'])(
    '208: the root without Accept for the vendor types gives HAL (%s)',
    async (accept) => {
      const reply = await simulator.ask(external, { headers: accept === undefined ? {} : { accept } });
      expect(reply.headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'x-ms-server-fqdn': 'fe01.contoso.example',
      });
      expect(reply.json).toEqual({
        _links: {
          self: { href: links.self },
          user: { href: userUrl },
          xframe: { href: 'https://lyncweb.contoso.example/Autodiscover/XFrame/XFrame.html' },
        },
      });
    },
  );

  test('208: autodiscover+json;v=1 gives AccessLocation JSON with escaped slashes, by the name that was asked', async () => {
    const headers = { accept: 'application/vnd.microsoft.rtc.autodiscover+json;v=1, application/json' };
    const reply = await simulator.ask(internal, { headers });
    expect(reply.json).toEqual({
      AccessLocation: 'Internal',
      Root: {
        Links: [
          { token: 'Domain', href: links.domain },
          { token: 'User', href: links.userEntry },
          { token: 'OAuth', href: userUrl },
        ],
      },
    });
    expect(reply.text).toContain(String.raw`https:\/\/lyncweb.contoso.example\/`);
    expect((await simulator.ask(external, { headers })).json).toMatchObject({ AccessLocation: 'External' });
  });

  test('208: autodiscover+xml;v=1 gives XML', async () => {
    const headers = { accept: 'application/vnd.microsoft.rtc.autodiscover+xml;v=1' };
    const { text } = await simulator.ask(external, { headers });
    expect(text).toBe(
      '<AutodiscoverResponse AccessLocation="External"><Root>' +
        `<Link token="Domain" href="${links.domain}"/><Link token="User" href="${links.userEntry}"/>` +
        `<Link token="OAuth" href="${userUrl}"/></Root></AutodiscoverResponse>`,
    );
  });

  test('208: a dialect can be forced, and a byte order mark put before it', async () => {
    simulator.behave({ dialect: 'access-location', bom: true });
    const reply = await simulator.ask(external, { headers: { accept: 'application/json' } });
    expect(reply.text.startsWith('\uFEFF{"AccessLocation"')).toBe(true);
    simulator.behave({ dialect: 'xml' });
    expect((await simulator.ask(external)).text).toContain('<AutodiscoverResponse');
    simulator.behave({ dialect: 'hal', bom: false });
    expect((await simulator.ask(external)).json).toHaveProperty('_links');
  });
});

describe('the links of a root', () => {
  test.each([internal, external, 'https://contoso.example/', `https://contoso.example${rootPath}`])(
    '209: links in the answer of %s name another host than the discovery name',
    async (url) => {
      expect(href(await simulator.ask(url), 'user')).toBe(userUrl);
    },
  );

  test('209: a server that is past discovery names itself', async () => {
    const reply = await simulator.ask(`https://pool02.contoso.example${rootPath}/`);
    expect(href(reply, 'user')).toBe(userUrl.replace('lyncweb', 'pool02'));
  });

  test.each([
    ['relative', userUrl.replace('https://lyncweb.contoso.example', '')],
    ['http', userUrl.replace('https', 'http')],
    ['foreign', userUrl.replace('lyncweb.contoso', 'evil-contoso')],
  ] as const)('209: the user link can be %s', async (userLink, link) => {
    simulator.behave({ userLink });
    expect(href(await simulator.ask(external), 'user')).toBe(link);
  });
});

describe('the query of a root', () => {
  test('210: the root ignores unknown query parameters and the letter case of its path', async () => {
    const reply = await simulator.ask(`https://LYNCDISCOVER.contoso.example${rootPath.toUpperCase()}?x=1&y`);
    expect(href(reply, 'user')).toBe(userUrl);
  });

  test.each([
    ['sip:olga@contoso.example', 'webdir1e.online.lync.com'],
    ['OLGA@contoso.example', 'webdir1e.online.lync.com'],
    ['sip:Dana@contoso.example', 'pool02.contoso.example'],
  ])('210: the root honours sipuri=%s of a user who is homed elsewhere', async (sipuri, host) => {
    const [, danas] = simulator.world.onPremises.meetings;
    if (danas) danas.home = 'other-pool';
    const reply = await simulator.ask(`${external}?sipuri=${encodeURIComponent(sipuri)}`);
    expect(reply.json).toEqual({
      _links: { redirect: { href: `https://${host}${rootPath}?originalDomain=contoso.example` } },
    });
  });

  test('210: the root serves the sipuri of a user who is homed here, or unknown', async () => {
    for (const sipuri of ['sip:john@contoso.example', 'nobody@contoso.example']) {
      expect(href(await simulator.ask(`${external}?sipuri=${sipuri}`), 'user')).toBe(userUrl);
    }
  });
});

describe('a root that fails', () => {
  const fail = (externalRoot: RootAnswer) => {
    simulator.behave({ externalRoot });
  };

  test('225: a tier can be down while the other and the HTTP listener are up', async () => {
    simulator.behave({ internalRoot: 'not-found' });
    expect((await simulator.ask(internal)).status).toBe(404);
    expect((await simulator.ask(external)).status).toBe(200);
    expect((await simulator.ask(internal.replace('https', 'http'))).status).toBe(200);
    simulator.behave({ internalRoot: 'usual', httpRoot: 'cut' });
    expect((await simulator.ask(internal)).status).toBe(200);
    await expect(simulator.ask(internal.replace('https', 'http'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test.each([
    ['redirect-same-domain', webRoot],
    ['redirect-foreign', webRoot.replace('lyncweb.contoso', 'evil-contoso')],
    ['redirect-http', webRoot.replace('https', 'http')],
  ] as const)('225: the root answers %s, with any redirect status', async (externalRoot, location) => {
    fail(externalRoot);
    for (const redirectStatus of [301, 302, 303, 307, 308] as const) {
      simulator.behave({ redirectStatus });
      const { status, headers } = await simulator.ask(external);
      expect([status, headers.location]).toEqual([redirectStatus, location]);
    }
  });

  test('225: the root answers a page, no useful link, or too much', async () => {
    fail('html');
    expect((await simulator.ask(external)).headers['content-type']).toBe('text/html');
    fail('no-links');
    expect(Object.keys(at((await simulator.ask(external)).json, '_links') as object)).toEqual(['self', 'xframe']);
    fail('oversize');
    const { text, json } = await simulator.ask(external);
    expect(text.length).toBeGreaterThan(65_536);
    expect(json).toHaveProperty('_links.user');
  });

  test('225: the root cuts the connection, or never answers', async () => {
    fail('cut');
    await expect(simulator.ask(external)).rejects.toMatchObject({ code: 'ECONNRESET' });
    fail('silent');
    const hanging = simulator.ask(external).catch((error: unknown) => error);
    while (simulator.world.calls.length < 2) await new Promise(setImmediate);
    await simulator.world.faults.down('platform', true);
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
    expect(simulator.world.calls).toMatchObject([{ status: 0 }, { status: 0 }]);
  });

  test('225: a fault befalls roots of every tier in turn', async () => {
    simulator.world.faults.set('ucwa.root', { status: 503, times: 1 });
    const unavailable = await simulator.ask(internal);
    expect(unavailable).toMatchObject({ status: 503, json: undefined });
    expect(unavailable.headers['content-type']).toBe('text/html');
    expect((await simulator.ask(external)).status).toBe(200);
  });

  test('roots are read only', async () => {
    expect((await simulator.ask(external, { method: 'POST', body: '' })).status).toBe(405);
    expect((await simulator.ask(`${external}other`)).status).toBe(404);
  });
});

const rootOf = (host: string) => `https://${host}${rootPath}?originalDomain=contoso.example`;

const hostile: [BodyRedirect, string][] = [
  ['foreign', rootOf('evil-contoso.example')],
  ['http', rootOf('pool02.contoso.example').replace('https', 'http')],
  ['userinfo', rootOf('lyncweb.contoso.example@evil-contoso.example')],
  ['self', external],
];
const friendly: [BodyRedirect, string][] = [
  ['web-services', rootOf('lyncweb.contoso.example')],
  ['bare-domain', rootOf('contoso.example')],
  ['other-pool', rootOf('pool02.contoso.example')],
  ['loop', rootOf('pool02.contoso.example')],
  ['endless', `${rootOf('lyncdiscover.contoso.example')}&hop=1`],
  ['online', rootOf('webdir1e.online.lync.com')],
];

describe('the redirect of a root', () => {
  test.each([...friendly, ...hostile])('225: leads %s', async (redirect, target) => {
    simulator.behave({ redirect });
    const reply = await simulator.ask(external);
    expect(reply).toMatchObject({ status: 200, json: { _links: { redirect: { href: target } } } });
    expect(Object.keys(at(reply.json, '_links') as object)).toEqual(['redirect']);
  });

  test.each(['web-services', 'bare-domain', 'other-pool', 'foreign', 'userinfo'] as const)(
    '225: leads %s and no further',
    async (redirect) => {
      simulator.behave({ redirect });
      const target = String(href(await simulator.ask(external), 'redirect'));
      expect(href(await simulator.ask(target), 'user')).toMatch(
        /^https:.+\/oauth\/user\?originalDomain=contoso\.example$/,
      );
    },
  );

  test('225: leads round between the pools, and on and on', async () => {
    simulator.behave({ redirect: 'loop' });
    const second = await simulator.ask(rootOf('pool02.contoso.example'));
    expect(href(second, 'redirect')).toBe(rootOf('pool01.contoso.example'));
    simulator.behave({ redirect: 'endless' });
    const third = await simulator.ask(`${rootOf('lyncdiscover.contoso.example')}&hop=2`);
    expect(href(third, 'redirect')).toBe(`${rootOf('lyncdiscover.contoso.example')}&hop=3`);
  });

  test('225: stands beside the user link when the behaviour says so', async () => {
    simulator.behave({ redirect: 'self', redirectBesideLink: true });
    const reply = await simulator.ask(external);
    expect([href(reply, 'redirect'), href(reply, 'user')]).toEqual([external, userUrl]);
  });

  test('225: gives way to 410 CannotRedirect', async () => {
    simulator.behave({ redirect: 'cannot-redirect' });
    expect(await simulator.ask(external)).toMatchObject({
      status: 410,
      json: { code: 'Gone', subcode: 'CannotRedirect' },
    });
  });

  test.each(hostile.slice(0, 3))('225: over plain http leads %s', async (httpRedirect, target) => {
    simulator.behave({ httpRedirect });
    expect(href(await simulator.ask('http://lyncdiscover.contoso.example/'), 'redirect')).toBe(target);
    expect(href(await simulator.ask(external), 'user')).toBe(userUrl);
  });
});

describe('the redirect of user after authentication', () => {
  const askUser = async (host = 'lyncweb.contoso.example') =>
    simulator.ask(userUrl.replace('lyncweb.contoso.example', host), {
      headers: bearer(await simulator.guestToken(host)),
    });

  test('225: with two pools, the first sends on to the second, whose own token leads to applications', async () => {
    simulator.behave({ postAuthRedirect: 'other-pool' });
    const first = await askUser();
    expect(first.json).toEqual({ _links: { redirect: { href: rootOf('pool02.contoso.example') } } });
    const second = await simulator.ask(String(href(first, 'redirect')));
    expect(href(second, 'user')).toBe(userUrl.replace('lyncweb', 'pool02'));
    const challenge = await simulator.ask(String(href(second, 'user')));
    expect(challenge.headers['www-authenticate']).toContain(
      'href="https://pool02.contoso.example/WebTicket/oauthtoken"',
    );
    const last = await askUser('pool02.contoso.example');
    expect(href(last, 'applications')).toBe('https://pool02.contoso.example/ucwa/oauth/v1/applications');
  });

  test.each([...hostile.slice(0, 3), ...friendly.slice(3, 4)])('225: leads %s', async (postAuthRedirect, target) => {
    simulator.behave({ postAuthRedirect });
    expect(href(await askUser(), 'redirect')).toBe(target);
  });

  test('225: stands beside the applications link, or gives way to 410 CannotRedirect', async () => {
    simulator.behave({ postAuthRedirect: 'self', redirectBesideLink: true });
    const reply = await askUser();
    expect(href(reply, 'redirect')).toBe(userUrl);
    expect(href(reply, 'applications')).toBeDefined();
    simulator.behave({ postAuthRedirect: 'cannot-redirect' });
    expect((await askUser()).status).toBe(410);
  });

  test("225: follows the organizer's own home", async () => {
    const [johns] = simulator.world.onPremises.meetings;
    for (const [home, target] of [
      ['other-pool', rootOf('pool02.contoso.example')],
      ['online', rootOf('webdir1e.online.lync.com')],
    ] as const) {
      if (johns) johns.home = home;
      expect(href(await askUser(), 'redirect')).toBe(target);
    }
    if (johns) johns.home = 'unknown';
    expect(await askUser()).toMatchObject({ status: 404, text: '' });
  });
});

describe('the cloud', () => {
  test.each(['webdir1e.online.lync.com', 'webdir1e.online.lync.example'])(
    '225: in a hybrid, %s has a root whose user wants Azure AD',
    async (onlineHost) => {
      simulator.behave({ redirect: 'online', onlineHost });
      const root = await simulator.ask(String(href(await simulator.ask(external), 'redirect')));
      const user = String(href(root, 'user'));
      expect(user).toBe(`https://${onlineHost}${rootPath}/oauth/user?originalDomain=contoso.example`);
      const { status, headers } = await simulator.ask(user);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toMatch(/^Bearer .+authorization_uri="https:[^"]+"$/);
      expect((await simulator.ask(`https://${onlineHost}/WebTicket/oauthtoken`, { method: 'POST' })).status).toBe(404);
    },
  );
});
