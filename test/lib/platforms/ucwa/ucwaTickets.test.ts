import type { Join, MeetingPlatform } from '../../../../lib/platforms/platform.ts';
import { contoso, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
let platform: MeetingPlatform;

beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(async () => {
  await adapter.reset();
  platform = adapter.newPlatform();
});
afterAll(() => adapter.stop());

const litwareMeeting = 'https://meet.litware.example/john/5LB7MRBC';
const issue = (meetingUrl?: string): Promise<Join> => platform.issue(guestOf(meetingUrl), requestSignal());
const tokenCalls = (): number => adapter.world.counts()['ucwa.token'];

/** Which hosts were sent a ticket or a key. */
function hostsWith(secret: 'web-ticket' | 'password'): string[] {
  return [...new Set(adapter.world.calls.filter(({ secrets }) => secrets?.includes(secret)).map(({ host }) => host))];
}

test.each([
  ['2.0', undefined, 'contoso.example', '/ucwa/oauth/v1/applications'],
  ['1.0', litwareMeeting, 'litware.example', '/ucwa/v1/applications'],
])('a guest of version %s gets all that a UCWA client begins with', async (_, meetingUrl, domain, path) => {
  expect(await issue(meetingUrl)).toMatchObject({
    token: adapter.world.onPremises.issued.at(-1)?.token,
    discoverUrl: contoso.userLink.replaceAll('contoso.example', domain),
    applicationsUrl: `https://lyncweb.${domain}${path}`,
    conferenceUri: `sip:john@${domain};gruu;opaque=app:conf:focus:id:5LB7MRBC`,
    identityPreserved: true,
  });
});

test('once the servers are known, a token is one call', async () => {
  await issue();
  adapter.world.calls.length = 0;
  await Promise.all([issue(), issue(), issue()]);
  expect(adapter.arrived()).toEqual([contoso.tickets, contoso.tickets, contoso.tickets]);
});

describe('a ticket', () => {
  test('159, 160: for UCWA on another host is of that host, by its own challenge', async () => {
    adapter.behave({ applicationsOn: 'other-pool' });
    const { token, applicationsUrl } = await issue();
    const own = adapter.world.onPremises.issued.find((issued) => issued.token === token);
    expect(applicationsUrl).toBe('https://pool02.contoso.example/ucwa/oauth/v1/applications');
    expect(own?.host).toBe('pool02.contoso.example');
    const asked = adapter.world.calls.filter(({ operation }) => operation === 'ucwa.applications');
    expect(asked).toEqual([expect.objectContaining({ authorized: false, status: 401 })]);
    expect(hostsWith('web-ticket')).toEqual(['lyncweb.contoso.example']);
  });

  test('159: goes back to the host that issued it when it is renewed, wherever that is', async () => {
    adapter.behave({ applicationsOn: 'other-pool' });
    const { identity } = await issue();
    adapter.world.calls.length = 0;
    await platform.reissue(guestOf(), identity, requestSignal());
    expect(hostsWith('web-ticket')).toEqual(['pool02.contoso.example']);
  });

  test.each([
    ['to a pool after authentication', { postAuthRedirect: 'other-pool' }],
    ['to a pool before it', { redirect: 'other-pool' }],
    ['to a foreign host after authentication', { postAuthRedirect: 'foreign' }],
    ['to a foreign host before it', { redirect: 'foreign' }],
    ['to a foreign host behind a good name', { redirect: 'userinfo' }],
    ['to a foreign UCWA', { applicationsOn: 'foreign' }],
    ['to a foreign user resource', { userLink: 'foreign' }],
    ['to a foreign token endpoint', { challenge: 'foreign-href' }],
    ['to a token endpoint in clear', { challenge: 'http-href' }],
    ['to a foreign token endpoint of UCWA', { applicationsOn: 'other-pool', applicationsChallenge: 'foreign-href' }],
  ] as const)('159: never reaches a host that did not issue it, if the servers send %s', async (_, behaviour) => {
    adapter.behave(behaviour);
    await issue(adapter.world.onPremises.meetings[1]?.url).catch(() => undefined);
    for (const request of adapter.sent) {
      const { url, headers = {}, body = '' } = request;
      const sent = adapter.world.onPremises.issued.filter(({ token }) =>
        `${JSON.stringify(headers)}${body}${url.href}`.includes(token),
      );
      expect(sent.map(({ host }) => host)).toEqual(sent.map(() => url.host));
    }
    expect(adapter.world.calls.filter(({ host }) => host === 'evil-contoso.example')).toEqual([]);
    expect(adapter.world.calls.filter(({ scheme }) => scheme === 'http')).toEqual([]);
    for (const host of hostsWith('password')) expect(host).toMatch(/^(?:lyncweb|pool02)\.contoso\.example$/);
  });
});

describe('a ticket that the server does not take although it just gave it', () => {
  test.each([401, 403])('164: ends with an error at the second %i', async (status) => {
    adapter.world.faults.set('ucwa.user', { status });
    await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
    const { 'ucwa.user': user, 'ucwa.token': token } = adapter.world.counts();
    expect(user).toBeLessThanOrEqual(4);
    expect(token).toBeLessThanOrEqual(2);
  });
});

describe('a server that does not answer', () => {
  test('after a connection error the organizer’s servers are looked up once more', async () => {
    await issue();
    adapter.world.calls.length = 0;
    adapter.world.faults.set('ucwa.token', { cut: 'before-answer', times: 3 });
    await expect(issue()).resolves.toMatchObject({ identityPreserved: true });
    expect(adapter.world.counts()).toMatchObject({ 'ucwa.root': 1 });
    expect(tokenCalls()).toBe(5);
  });

  test('429 is waited for, and a problem if it stays', async () => {
    await issue();
    adapter.world.faults.set('ucwa.token', { status: 429, times: 2 });
    await expect(issue()).resolves.toMatchObject({ identityPreserved: true });
    adapter.world.faults.set('ucwa.token', { status: 429 });
    await expect(issue()).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 10 });
  });
});

test('131, 132, 133: nothing that a server refuses is asked a second time with the same words', async () => {
  await issue();
  for (const error of ['invalid_grant', 'invalid_request', 'unsupported_grant_type', 'invalid_scope']) {
    adapter.world.calls.length = 0;
    adapter.world.faults.set('ucwa.token', { status: 400, body: JSON.stringify({ error }) });
    await expect(issue()).rejects.toMatchObject({ name: 'Problem' });
    expect(tokenCalls()).toBe(1);
  }
});

test('146, 149: a renewal by another process keeps the participant', async () => {
  const first = await issue();
  const second = await adapter.newPlatform().reissue(guestOf(), first.identity, requestSignal());
  const [one, other] = [first, second].map(({ token }) =>
    adapter.world.onPremises.issued.find((issued) => issued.token === token),
  );
  expect(second.identityPreserved).toBe(true);
  expect(other).toMatchObject({ identity: one?.identity, renewed: true });
});
