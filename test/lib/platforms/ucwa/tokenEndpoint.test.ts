import { tokenEndpointOf } from '../../../../lib/platforms/ucwa/challenge.ts';
import type { ChallengeForm } from '../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import { contoso, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const anonymous = 'grant_type="urn:microsoft.rtc:anonmeeting"';
const issue = (changes?: Record<string, string>) => adapter.newPlatform(changes).issue(guestOf(), requestSignal());

/** Where a header sends us for a ticket, or why it does not. */
function endpointOf(header: string | undefined, changes?: Record<string, string>): string {
  const { trust } = adapter.settings(changes);
  const answer = { headers: header === undefined ? {} : { 'www-authenticate': header } };
  try {
    const search = { domain: 'contoso.example', grant: { kind: 'anonmeeting' }, trust } as const;
    return tokenEndpointOf(answer, new URL(contoso.userLink), search).href;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** No key went anywhere. */
function expectNoPost(): void {
  expect(adapter.sent.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(adapter.world.calls.filter(({ secrets }) => secrets?.includes('password'))).toEqual([]);
}

test.each<ChallengeForm>([
  ...(['two-lines', 'quoted', 'unquoted', 'merged', 'merged-tight'] as const),
  ...(['after-negotiate', 'duplicate-grants', 'relative-href'] as const),
])('90, 91, 92, 95, 98, 103: a challenge in the form %s leads to a token', async (challenge) => {
  adapter.behave({ challenge, applicationsChallenge: challenge });
  await expect(issue()).resolves.toHaveProperty('applicationsUrl', contoso.applications);
});

test('88: the page that comes with the challenge is not looked at', async () => {
  const body = JSON.stringify({ _links: { applications: { href: 'https://fe01.contoso.example/' } } });
  adapter.world.faults.set('ucwa.user', { status: 401, body, times: 1 });
  await expect(issue()).resolves.toHaveProperty('applicationsUrl', contoso.applications);
});

test('99: a challenge by other schemes only is none', async () => {
  for (const header of ['Bearer trusted_issuers=""', 'Negotiate', 'Negotiate, NTLM', 'MsRtcOAuth2 href="/x"']) {
    expect(endpointOf(header)).toBe('no-challenge');
  }
  adapter.behave({ challenge: 'negotiate-only' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  expectNoPost();
});

test('99: a Bearer challenge that names an authority is the cloud, where the organizer is homed', async () => {
  adapter.behave({ challenge: 'bearer-only' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'organizer-homed-online' });
  expectNoPost();
});

test('100: 401 without a challenge is the same failure', async () => {
  expect(endpointOf(undefined)).toBe('no-challenge');
  expect(endpointOf('')).toBe('no-challenge');
  adapter.behave({ challenge: 'none' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  expectNoPost();
});

test('101: a challenge without href is an error', async () => {
  expect(endpointOf(`MsRtcOAuth ${anonymous}`)).toBe('no-endpoint');
  expect(endpointOf(`MsRtcOAuth href="",${anonymous}`)).toBe('no-endpoint');
  adapter.behave({ challenge: 'no-href' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  expectNoPost();
});

test('102: where anonymous join is not offered, no other grant is tried', async () => {
  adapter.behave({ grants: ['urn:microsoft.rtc:windows', 'password'] });
  await expect(issue()).rejects.toMatchObject({ code: 'capability-missing' });
  expectNoPost();
});

test('102: of two challenges the first that offers the grant counts, and one without a list may offer it', () => {
  const windows = 'MsRtcOAuth href="https://lyncweb.contoso.example/a",grant_type="urn:microsoft.rtc:windows"';
  const guests = (path: string) => `MsRtcOAuth href="https://lyncweb.contoso.example/${path}",${anonymous}`;
  expect(endpointOf([windows, guests('b'), guests('c')].join(', '))).toBe('https://lyncweb.contoso.example/b');
  expect(endpointOf(windows)).toBe('grant-not-offered');
  expect(endpointOf(windows.replace(/,grant_type=.*/, ''))).toBe('https://lyncweb.contoso.example/a');
});

test('103: a relative href is meant from the challenged URL', () => {
  expect(endpointOf(`MsRtcOAuth href="/WebTicket/oauthtoken",${anonymous}`)).toBe(contoso.tickets);
  expect(endpointOf(`MsRtcOAuth href="?x",${anonymous}`)).toBe(`${contoso.user}?x`);
});

test.each(['http://lyncweb.contoso.example/WebTicket/oauthtoken', 'ftp://lyncweb.contoso.example/', 'javascript:x'])(
  '103: an href that is not https is refused: %s',
  (href) => {
    expect(endpointOf(`MsRtcOAuth href="${href}",${anonymous}`)).toBe('endpoint-refused');
  },
);

test('103: no key goes to an href of plain http', async () => {
  adapter.behave({ challenge: 'http-href' });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  expectNoPost();
});

test('104: no key goes to an href on a foreign host, not even one that may be called', async () => {
  adapter.behave({ challenge: 'foreign-href' });
  for (const changes of [{}, { UCWA_HOSTS: 'contoso.example,evil-contoso.example' }]) {
    await expect(issue(changes)).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  }
  expectNoPost();
  expect(adapter.arrived().filter((url) => url.includes('evil'))).toEqual([]);
});

test('104: an href on another host has to be of the SIP domain, of a trusted domain, or approved', () => {
  const header = `MsRtcOAuth href="https://tickets.fabrikam.example/x",${anonymous}`;
  expect(endpointOf(header, { UCWA_HOSTS: 'fabrikam.example' })).toBe('endpoint-refused');
  expect(endpointOf(header, { UCWA_TRUSTED_DOMAINS: 'fabrikam.example' })).toContain('tickets.fabrikam');
  const approvedFor = (domain: string) => ({ UCWA_APPROVED_HOSTS: `${domain}=tickets.fabrikam.example` });
  expect(endpointOf(header, approvedFor('contoso.example'))).toContain('tickets.fabrikam');
  expect(endpointOf(header, approvedFor('litware.example'))).toBe('endpoint-refused');
  expect(endpointOf(`MsRtcOAuth href="${contoso.pool2}/x",${anonymous}`)).toBe(`${contoso.pool2}/x`);
});

test('104: no key is spent on a ticket of another host, which the user resource would not take', async () => {
  adapter.world.faults.set('ucwa.user', {
    status: 401,
    headers: { 'www-authenticate': `MsRtcOAuth href="${contoso.pool2}/WebTicket/oauthtoken",${anonymous}` },
  });
  await expect(issue()).rejects.toMatchObject({ code: 'platform-refused', reason: 'answer-unusable' });
  expectNoPost();
});

test('105: href is used as it is, in its own case', async () => {
  const href = 'https://lyncweb.contoso.example/webticket/OAuthToken?X=%7e+%2F';
  adapter.world.faults.set('ucwa.user', {
    status: 401,
    headers: { 'www-authenticate': `MsRtcOAuth href="${href}",${anonymous}` },
    times: 1,
  });
  await issue();
  const posts = adapter.sent.filter(({ method }) => method === 'POST');
  expect(new Set(posts.map(({ url }) => url.href))).toEqual(new Set([href]));
});
