import type { BodyRedirect } from '../../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import { at } from '../../setUp.ts';
import { bearer, href, rootPath, startOnPremises, userUrl, type OnPremisesTest } from './onPremises.ts';

const external = 'https://lyncdiscover.contoso.example/';
const rootOf = (host: string) => `https://${host}${rootPath}?originalDomain=contoso.example`;

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

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
