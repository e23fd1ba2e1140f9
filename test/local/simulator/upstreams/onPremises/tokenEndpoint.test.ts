import { at, noon } from '../../setUp.ts';
import { conferenceUri, guest, startOnPremises, type OnPremisesTest, bearer, userUrl } from './onPremises.ts';

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const rawGuest = `grant_type=urn:microsoft.rtc:anonmeeting&password=5LB7MRBC&ms_rtc_conferenceuri=${conferenceUri}`;
const errorOf = async (...asked: Parameters<OnPremisesTest['askTicket']>) => {
  const { status, json } = await simulator.askTicket(...asked);
  expect(status).toBe(400);
  return at(json, 'error');
};

describe('a token', () => {
  test('is answered as the documents print it, and recorded with its identity', async () => {
    const { status, text, json } = await simulator.askTicket(guest);
    const token = String(at(json, 'access_token'));
    expect(status).toBe(200);
    expect(text).toBe(`{\n "access_token":"${token}",\n "token_type":"Bearer",\n "expires_in":3600\n}`);
    expect(token).toMatch(/^cwt=AAEB\+\/\+\/[A-Za-z0-9+/]+=*$/);
    expect(simulator.world.onPremises.issued).toEqual([
      {
        deployment: 'contoso.example',
        host: 'lyncweb.contoso.example',
        conferenceUri,
        identity: expect.stringMatching(/^sip:[0-9a-f-]{36}@anonymous\.invalid$/) as string,
        token,
        renewed: false,
        at: noon,
        expiresAt: noon + 3_600_000,
      },
    ]);
  });

  test('145: lives an hour for a guest and eight for an account, or as long as the behaviour says', async () => {
    const account = { grant_type: 'password', username: 'johndoe', password: 'A3ddj3w' };
    expect((await simulator.askTicket(guest)).json).toMatchObject({ expires_in: 3600 });
    expect((await simulator.askTicket(account)).json).toMatchObject({ expires_in: 28_800 });
    simulator.behave({ tokenLifetimeSeconds: 3543, signedInLifetimeSeconds: 28_289 });
    expect((await simulator.askTicket(guest)).json).toMatchObject({ expires_in: 3543 });
    expect(simulator.lastIssued()?.expiresAt).toBe(noon + 3_543_000);
    expect((await simulator.askTicket(account)).json).toMatchObject({ expires_in: 28_289 });
  });

  test('213: the path is matched in any letter case, on web services and pools', async () => {
    for (const path of ['/webticket/oauthtoken', '/WEBTICKET/OAuthToken']) {
      expect((await simulator.askTicket(guest, { path })).status).toBe(200);
    }
    for (const host of ['pool01.contoso.example', 'pool02.contoso.example']) {
      expect((await simulator.askTicket(guest, { host })).status).toBe(200);
      expect(simulator.lastIssued()?.host).toBe(host);
    }
  });

  test('214: raw colons, at signs and semicolons are taken, and ; does not separate', async () => {
    expect((await simulator.askTicket(rawGuest)).status).toBe(200);
    expect(simulator.lastIssued()?.conferenceUri).toBe(conferenceUri);
    expect(await errorOf(rawGuest.replaceAll('&', ';'))).toBe('unsupported_grant_type');
  });

  test('214: percent and plus are decoded; a broken sequence, as in the documents, is malformed', async () => {
    const [, danas] = simulator.world.onPremises.meetings;
    if (danas) danas.conferenceKey = 'a b+c%ü';
    const form = { ...guest, password: 'a b+c%ü', ms_rtc_conferenceuri: danas?.conferenceUri ?? '' };
    expect((await simulator.askTicket(form)).status).toBe(200);
    expect(await errorOf(rawGuest.replace('sip:john@', 'sip%John%'))).toBe('invalid_request');
    expect(await errorOf(rawGuest.replace('5LB7MRBC', '%ff'))).toBe('invalid_request');
  });
});

describe('a refusal', () => {
  test.each(['grant_type', 'password', 'ms_rtc_conferenceuri'])('215: without %s is invalid_request', async (name) => {
    const form = new URLSearchParams(guest);
    form.set(name, '');
    expect(await errorOf(form.toString())).toBe('invalid_request');
    form.delete(name);
    expect(await errorOf(form.toString())).toBe('invalid_request');
  });

  test('215: an empty body, and separators as HTML, are invalid_request', async () => {
    expect(await errorOf('')).toBe('invalid_request');
    expect(await errorOf(rawGuest.replaceAll('&', '&amp;'))).toBe('invalid_request');
  });

  test('216: an unknown grant is unsupported_grant_type with 28029, as the document prints it', async () => {
    const { status, text, headers } = await simulator.askTicket({ ...guest, grant_type: 'client_credentials' });
    expect(status).toBe(400);
    expect(text).toBe('{\n "error":"unsupported_grant_type"\n}');
    expect(headers).toMatchObject({
      'content-type': 'application/json;charset=UTF-8',
      'x-ms-diagnostics': '28029;source="fe01.contoso.example";reason="Authentication type not allowed."',
    });
  });

  test('216: a grant that is not offered is unsupported_grant_type', async () => {
    expect(await errorOf({ grant_type: 'urn:microsoft.rtc:passive' })).toBe('unsupported_grant_type');
    simulator.behave({ grants: ['password'] });
    expect(await errorOf(guest)).toBe('unsupported_grant_type');
  });

  test.each([
    ['a wrong key', { password: 'G03W98W4' }],
    ['an unknown meeting', { ms_rtc_conferenceuri: conferenceUri.replace('5LB7MRBC', 'ABCDEFGH') }],
    ['the id in another letter case', { ms_rtc_conferenceuri: conferenceUri.replace('5LB7MRBC', '5lb7mrbc') }],
    ['the blank of the documents', { ms_rtc_conferenceuri: conferenceUri.replace(';gruu', '; gruu') }],
    ["another deployment's meeting", { ms_rtc_conferenceuri: conferenceUri.replace('contoso', 'litware') }],
  ])('217: %s is invalid_grant, with one answer for all', async (_, wrong) => {
    const { status, text, headers } = await simulator.askTicket({ ...guest, ...wrong });
    expect(status).toBe(400);
    expect(text).toBe('{\n "error":"invalid_grant"\n}');
    expect(headers['x-ms-diagnostics']).toBeUndefined();
  });

  test('217: the organizer is known in any letter case', async () => {
    const form = { ...guest, ms_rtc_conferenceuri: conferenceUri.replace('john@contoso', 'JOHN@Contoso') };
    expect((await simulator.askTicket(form)).status).toBe(200);
  });

  test('218: a scope other than all is invalid_scope', async () => {
    expect(await errorOf({ ...guest, scope: 'some' })).toBe('invalid_scope');
    expect((await simulator.askTicket({ ...guest, scope: 'all' })).status).toBe(200);
  });

  test.each(['windows', 'passive'])('219: %s with username or password is invalid_request', async (name) => {
    const grantType = `urn:microsoft.rtc:${name}`;
    simulator.behave({ grants: [grantType] });
    expect(await errorOf({ grant_type: grantType, username: 'johndoe' })).toBe('invalid_request');
    expect(await errorOf({ grant_type: grantType, password: '' })).toBe('invalid_request');
  });

  test('220: GET is 405', async () => {
    const { status, headers } = await simulator.ask('https://lyncweb.contoso.example/WebTicket/oauthtoken');
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });

  test('220: a body that is no form is invalid_request, whatever its charset a form is one', async () => {
    expect(await errorOf(guest, { headers: { 'content-type': 'application/json' } })).toBe('invalid_request');
    const headers = { 'content-type': "Application/X-WWW-Form-URLEncoded; charset='utf-8'" };
    expect((await simulator.askTicket(guest, { headers })).status).toBe(200);
  });

  test('221: a duplicate parameter is invalid_request', async () => {
    expect(await errorOf(`${rawGuest}&password=5LB7MRBC`)).toBe('invalid_request');
  });

  test('223: version 1.0 has the trailing comma in its error bodies, as the document prints it', async () => {
    const host = 'lyncweb.litware.example';
    const unsupported = await simulator.askTicket({ grant_type: 'urn:microsoft.rtc:passive' }, { host });
    expect(unsupported).toMatchObject({ status: 400, json: undefined });
    expect(unsupported.text).toBe('{\n  "error":"unsupported_grant_type",\n}');
    expect((await simulator.askTicket('', { host })).text).toBe('{\n  "error":"invalid_request",\n}');
    expect((await simulator.askTicket(guest, { host })).text).toBe('{\n  "error":"invalid_grant",\n}');
  });

  test('server_error comes as a fault with 400, anything else as a page', async () => {
    simulator.world.faults.set('ucwa.token', { status: 400, times: 1 });
    expect(await errorOf(guest)).toBe('server_error');
    simulator.world.faults.set('ucwa.token', { status: 503 });
    expect((await simulator.askTicket(guest)).headers['content-type']).toBe('text/html');
  });
});

describe('the grants of signed-in users', () => {
  test('password takes a known account', async () => {
    const account = { grant_type: 'password', username: 'JohnDoe', password: 'A3ddj3w' };
    const { json } = await simulator.askTicket(account);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 28_800, ms_rtc_identityscope: 'local' });
    expect(simulator.lastIssued()).toMatchObject({ identity: 'johndoe', conferenceUri: undefined, renewed: false });
    expect(await errorOf({ ...account, password: 'wrong' })).toBe('invalid_grant');
    expect(await errorOf({ ...account, username: '' })).toBe('invalid_request');
  });

  test('windows wants Negotiate or NTLM', async () => {
    const form = { grant_type: 'urn:microsoft.rtc:windows' };
    const { status, headers } = await simulator.askTicket(form);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Negotiate, NTLM']);
    expect((await simulator.askTicket(form, { headers: { authorization: 'NTLM TlRMTVNTUAAD' } })).status).toBe(200);
  });

  test('222: passive without a cookie is 400 with the address to sign in at, as the document prints it', async () => {
    simulator.behave({ grants: ['urn:microsoft.rtc:passive'] });
    const { status, text, headers } = await simulator.askTicket('grant_type=urn:microsoft.rtc:passive');
    expect(status).toBe(400);
    expect(text).toBe(
      String.raw`{"error":"invalid_grant","ms_rtc_passiveauthuri":"https:\/\/lyncweb.contoso.example\/PassiveAuth\/PassiveAuth.aspx"}`,
    );
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-ms-diagnostics': '28020;source="fe01.contoso.example";reason="No valid security token."',
      'x-ms-server-fqdn': 'fe01.contoso.example',
      'x-content-type-options': 'nosniff',
    });
  });

  test('144: the wrong Content-Length of the sample is not copied', async () => {
    simulator.behave({ grants: ['urn:microsoft.rtc:passive'] });
    const { text, headers } = await simulator.askTicket('grant_type=urn:microsoft.rtc:passive');
    expect(headers['content-length'] ?? String(text.length)).toBe(String(text.length));
    expect(text).toHaveLength(116);
  });

  test('222: passive with the cookie is 200', async () => {
    simulator.behave({ grants: ['urn:microsoft.rtc:passive'] });
    const headers = { cookie: 'a=b; RPSAuth=federated' };
    const { status, json } = await simulator.askTicket({ grant_type: 'urn:microsoft.rtc:passive' }, { headers });
    expect([status, at(json, 'expires_in')]).toEqual([200, 28_800]);
  });
});

test('224: every token answer carries Cache-Control: no-store and Pragma: no-cache', async () => {
  simulator.behave({ grants: ['urn:microsoft.rtc:anonmeeting', 'urn:microsoft.rtc:passive'] });
  const replies = [
    await simulator.askTicket(guest),
    await simulator.askTicket(''),
    await simulator.askTicket({ grant_type: 'password' }),
    await simulator.askTicket({ grant_type: 'urn:microsoft.rtc:passive' }),
    await simulator.askTicket(guest, { host: 'lyncweb.litware.example' }),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400]);
  for (const { headers } of replies) expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
});

const host = 'lyncweb.contoso.example';
const renew = (token: string, form = guest) => simulator.guestToken(host, { ...form, ms_rtc_renew: token });
const refusalOf = async (token: string, form: Record<string, string> = guest) =>
  at((await simulator.askTicket({ ...form, ms_rtc_renew: token })).json, 'error');
const minutes = 60_000;

test('149: a renewal keeps the anonymous identity', async () => {
  const first = await simulator.guestToken();
  const identity = simulator.lastIssued()?.identity;
  simulator.clock.now = noon + 50 * minutes;
  expect(await renew(first)).not.toBe(first);
  expect(simulator.lastIssued()).toMatchObject({ identity, renewed: true, expiresAt: noon + 110 * minutes });
});

test('153: a chain of three tokens keeps one identity, each renewed from the one before', async () => {
  const first = await simulator.guestToken();
  simulator.clock.now = noon + 50 * minutes;
  const second = await renew(first);
  simulator.clock.now = noon + 100 * minutes;
  await renew(second);
  const { issued } = simulator.world.onPremises;
  expect(issued.map(({ renewed }) => renewed)).toEqual([false, true, true]);
  expect(new Set(issued.map(({ identity }) => identity)).size).toBe(1);
  expect(new Set(issued.map(({ token }) => token)).size).toBe(3);
});

test('a token stays good until its own end, renewed or not', async () => {
  const first = await simulator.guestToken();
  await renew(first);
  simulator.clock.now = noon + 60 * minutes - 1;
  expect((await simulator.ask(userUrl, { headers: bearer(first) })).status).toBe(200);
  await renew(first);
  simulator.clock.now += 1;
  expect((await simulator.ask(userUrl, { headers: bearer(first) })).status).toBe(403);
});

test('150: a fresh grant is another participant', async () => {
  await simulator.guestToken();
  await simulator.guestToken();
  const [first, second] = simulator.world.onPremises.issued;
  expect(second).toMatchObject({ renewed: false });
  expect(second?.identity).not.toBe(first?.identity);
});

test('152: an expired, foreign or garbage token is invalid_grant, an empty one invalid_request', async () => {
  const token = await simulator.guestToken();
  expect(await refusalOf(await simulator.guestToken('pool01.contoso.example'))).toBe('invalid_grant');
  expect(await refusalOf(token.replace('cwt=', ''))).toBe('invalid_grant');
  expect(await refusalOf('cwt=AAEB')).toBe('invalid_grant');
  expect(await refusalOf(`${token.slice(0, -9)}AAAAAAAA=`)).toBe('invalid_grant');
  expect(await refusalOf('')).toBe('invalid_request');
  simulator.clock.now = noon + 60 * minutes;
  expect(await refusalOf(token)).toBe('invalid_grant');
});

test('151: another conference, another key, or the token of an account is invalid_grant', async () => {
  const [johns, danas] = simulator.world.onPremises.meetings;
  const token = await simulator.guestToken();
  const danasForm = {
    ...guest,
    password: danas?.conferenceKey ?? '',
    ms_rtc_conferenceuri: danas?.conferenceUri ?? '',
  };
  expect(await refusalOf(token, danasForm)).toBe('invalid_grant');
  expect(await refusalOf(token, { ...guest, password: 'G03W98W4' })).toBe('invalid_grant');
  // Even where the meeting itself has a new key by now.
  if (johns) johns.conferenceKey = 'NEWKEY99';
  expect(await refusalOf(token, { ...guest, password: 'NEWKEY99' })).toBe('invalid_grant');

  const account = { grant_type: 'password', username: 'johndoe', password: 'A3ddj3w' };
  expect(await refusalOf(await simulator.guestToken(host, account), danasForm)).toBe('invalid_grant');
});

test('a token that is not percent-encoded is spoilt on the way', async () => {
  const token = await simulator.guestToken();
  const encoded = new URLSearchParams(guest).toString();
  const { status } = await simulator.askTicket(`${encoded}&ms_rtc_renew=${token}`);
  expect(status).toBe(400);
  expect((await simulator.askTicket(`${encoded}&ms_rtc_renew=${encodeURIComponent(token)}`)).status).toBe(200);
});

test('a reset forgets the record, not the tokens', async () => {
  const token = await simulator.guestToken();
  await simulator.world.reset();
  expect(simulator.world.onPremises.issued).toEqual([]);
  await renew(token);
  expect(simulator.lastIssued()?.renewed).toBe(true);
});

const secretsOfLastCall = () => simulator.world.calls.at(-1)?.secrets;

test('a call shows which secrets came with it, wherever they stood', async () => {
  const token = await simulator.guestToken();
  expect(secretsOfLastCall()).toEqual(['password']);
  await simulator.askTicket({ ...guest, ms_rtc_renew: token });
  expect(secretsOfLastCall()).toEqual(['web-ticket', 'password']);
  await simulator.ask(userUrl, { headers: bearer(token) });
  expect(secretsOfLastCall()).toEqual(['web-ticket']);
  await simulator.ask('https://evil-contoso.example/', { headers: { 'x-note': 'the key is G03W98W4' } });
  expect(secretsOfLastCall()).toEqual(['password']);
});

test('a call without secrets shows none; a key that is the id of its meeting too is no secret in a URL', async () => {
  await simulator.ask('https://meet.contoso.example/john/5LB7MRBC');
  expect(simulator.world.calls.at(-1)).not.toHaveProperty('secrets');
});

test('a foreign host answers as the others do, so that a client that trusts it is detected', async () => {
  const host = 'evil-contoso.example';
  const token = await simulator.guestToken(host);
  expect(
    (await simulator.ask(userUrl.replace('lyncweb.contoso.example', host), { headers: bearer(token) })).status,
  ).toBe(200);
  expect(simulator.world.calls).toMatchObject([
    { host, secrets: ['password'] },
    { host, secrets: ['web-ticket'] },
  ]);
});
