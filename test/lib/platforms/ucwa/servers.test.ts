import { findUser, followRedirect } from '../../../../lib/platforms/ucwa/autodiscovery.ts';
import { findServers, type Servers } from '../../../../lib/platforms/ucwa/servers.ts';
import {
  contoso,
  failure,
  guestOf,
  requestSignal,
  rootPath,
  searchBy,
  startAdapter,
  type AdapterUnderTest,
} from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

function find(changes: Record<string, string> = {}): Promise<Servers> {
  return findServers(searchBy(adapter.settings(changes), adapter.transport));
}

const hrefs = (servers: Servers) => Object.values(servers).map((url: URL) => url.href);

test('63: a redirect after authentication is followed over https without credentials, and its new challenge answered', async () => {
  adapter.behave({ postAuthRedirect: 'other-pool' });
  expect(hrefs(await find())).toEqual([
    `${contoso.pool2}${rootPath}/oauth/user?originalDomain=contoso.example`,
    `${contoso.pool2}/ucwa/oauth/v1/applications`,
    `${contoso.pool2}/WebTicket/oauthtoken`,
  ]);
  const calls = adapter.world.calls.map(({ host, operation, authorized }) => [host, operation, authorized]);
  expect(calls).toEqual([
    ['lyncdiscover.contoso.example', 'ucwa.root', false],
    ['lyncweb.contoso.example', 'ucwa.user', false],
    ['lyncweb.contoso.example', 'ucwa.token', false],
    ['lyncweb.contoso.example', 'ucwa.user', true],
    ['pool02.contoso.example', 'ucwa.root', false],
    ['pool02.contoso.example', 'ucwa.user', false],
    ['pool02.contoso.example', 'ucwa.token', false],
    ['pool02.contoso.example', 'ucwa.user', true],
  ]);
});

test('63: a guest of an organizer in the second pool gets a token of that pool', async () => {
  const meeting = adapter.world.onPremises.meetings.find(({ url }) => url === guestOf().meetingUrl);
  Object.assign(meeting ?? {}, { home: 'other-pool' });
  const { token } = await adapter.newPlatform().issue(guestOf(), requestSignal());
  const issued = adapter.world.onPremises.issued.find((ticket) => ticket.token === token);
  expect(issued?.host).toBe('pool02.contoso.example');
});

test('61: a ticket goes to the host that issued it and to no other, and no cookie goes anywhere', async () => {
  for (const behaviour of [{ postAuthRedirect: 'other-pool' }, { applicationsOn: 'other-pool' }] as const) {
    await adapter.reset();
    adapter.behave(behaviour);
    await find();
    for (const { headers = {}, url } of adapter.sent) {
      expect(Object.keys(headers)).not.toContain('cookie');
      const token = headers['authorization']?.replace('Bearer ', '');
      const issued = adapter.world.onPremises.issued.find((ticket) => ticket.token === token);
      expect(issued?.host).toBe(token === undefined ? undefined : url.host);
    }
  }
});

test('64: a redirect after authentication passes the same check', async () => {
  adapter.behave({ postAuthRedirect: 'foreign' });
  await expect(find()).rejects.toMatchObject({ code: 'redirect-blocked', blockedHost: 'evil-contoso.example' });
  adapter.behave({ postAuthRedirect: 'userinfo' });
  await expect(find()).rejects.toEqual(failure('redirect-blocked'));
  expect(adapter.arrived().filter((url) => url.includes('evil'))).toEqual([]);
});

test('64: hops before and after authentication count together', async () => {
  const search = searchBy(adapter.settings(), adapter.transport);
  adapter.behave({ externalRoot: 'redirect-same-domain' });
  const user = await findUser(search);
  adapter.behave({ redirect: 'endless' });
  await expect(followRedirect(search, user, `${contoso.pool2}${rootPath}`)).rejects.toEqual(failure('endless'));
  expect(adapter.arrived()).toHaveLength(10);
});

test('60: a redirect after authentication to where we were is a loop', async () => {
  for (const postAuthRedirect of ['loop', 'self'] as const) {
    adapter.behave({ postAuthRedirect });
    await expect(find()).rejects.toEqual(failure('endless'));
  }
});

test('60: a redirect after authentication to where we were does not matter where applications stand beside it', async () => {
  adapter.behave({ postAuthRedirect: 'self', redirectBesideLink: true });
  await expect(find()).resolves.toHaveProperty('applicationsUrl.href', contoso.applications);
});

test('43: a redirect after authentication wins over applications beside it', async () => {
  adapter.behave({ postAuthRedirect: 'other-pool', redirectBesideLink: true });
  await expect(find()).resolves.toHaveProperty('applicationsUrl.host', 'pool02.contoso.example');
});

test('62: an organizer whose user resource leads to the cloud is homed online', async () => {
  const issuing = adapter.newPlatform().issue(guestOf('https://meet.contoso.example/olga/7QX2M4HD'), requestSignal());
  await expect(issuing).rejects.toMatchObject({ code: 'platform-refused', reason: 'organizer-homed-online' });
  expect(adapter.arrived().filter((url) => url.includes('online'))).toEqual([]);
});

test('62: a cloud by another name shows by its challenge', async () => {
  adapter.behave({ redirect: 'online', onlineHost: 'webdir.online.lync.example' });
  await expect(find()).rejects.toEqual(failure('redirect-blocked'));
  await expect(find({ UCWA_HOSTS: 'contoso.example,online.lync.example' })).rejects.toMatchObject({
    name: 'ChallengeFailure',
    code: 'homed-online',
  });
});

test('65: 410 from user, before and after authentication, means that there is no other pool', async () => {
  adapter.behave({ postAuthRedirect: 'cannot-redirect' });
  await expect(find()).rejects.toEqual(failure('no-pool'));
  adapter.world.faults.set('ucwa.user', { status: 410 });
  await expect(find()).rejects.toEqual(failure('no-pool'));
  await expect(adapter.newPlatform().issue(guestOf(), requestSignal())).rejects.toMatchObject({
    code: 'platform-unavailable',
  });
});

test.each([429, 500, 502, 503, 504])(
  '%i from user is an outage, and not an answer that cannot be used',
  async (status) => {
    adapter.world.faults.set('ucwa.user', { status });
    await expect(find()).rejects.toMatchObject({
      code: 'user-unavailable',
      hops: [{}, { status, failure: 'refuses' }],
    });
  },
);

test('an organizer whom nobody knows cannot be joined', async () => {
  const meeting = adapter.world.onPremises.meetings.find(({ url }) => url === guestOf().meetingUrl);
  Object.assign(meeting ?? {}, { home: 'unknown' });
  await expect(find()).rejects.toMatchObject({ code: 'no-applications', hops: [{}, { status: 404 }] });
});

test('applications that leave the hosts are refused, and nothing is sent there', async () => {
  adapter.behave({ applicationsOn: 'foreign' });
  await expect(find()).rejects.toEqual(failure('no-applications'));
  expect(adapter.arrived().filter((url) => url.includes('evil'))).toEqual([]);
});

test('106: user without a challenge leads to applications, whose challenge counts', async () => {
  adapter.world.faults.set('ucwa.user', {
    status: 200,
    body: JSON.stringify({ _links: { applications: { href: contoso.applications } } }),
  });
  expect(hrefs(await find())).toEqual([contoso.userLink, contoso.applications, contoso.tickets]);
  expect(adapter.world.counts()).toMatchObject({ 'ucwa.user': 1, 'ucwa.applications': 1, 'ucwa.token': 0 });
});

test('106: user without a challenge may redirect', async () => {
  adapter.world.faults.set('ucwa.user', {
    status: 200,
    body: JSON.stringify({ _links: { redirect: { href: `${contoso.pool2}${rootPath}` } } }),
    times: 1,
  });
  await expect(find()).resolves.toHaveProperty('tokenEndpoint.host', 'pool02.contoso.example');
});
