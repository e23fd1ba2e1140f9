import type { UpstreamRequest } from '../../../../lib/net/transport.ts';
import { requestTicket, type Grant, type WebTicket } from '../../../../lib/platforms/ucwa/webTicket.ts';
import { adjustableClock } from '../../../races/adjustableClock.ts';
import { contoso, forever, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

const clock = adjustableClock();
let adapter: AdapterUnderTest;

beforeAll(async () => {
  adapter = await startAdapter({ now: clock.now });
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const conferenceUri = 'sip:john@contoso.example;gruu;opaque=app:conf:focus:id:5LB7MRBC';
const anonymous = { kind: 'anonmeeting', conferenceUri, conferenceKey: '5LB7MRBC' } as const;
const account = { kind: 'password', username: 'johndoe', password: 'A3ddj3w' } as const;
const endpoint = new URL(contoso.tickets);

function ask(grant: Grant = anonymous): Promise<WebTicket> {
  return requestTicket(adapter.transport, { endpoint, grant, now: clock.now }, forever);
}

/** The token request of a grant, whatever became of it. */
async function sentFor(grant: Grant): Promise<UpstreamRequest & { form: Record<string, string> }> {
  await ask(grant).catch(() => undefined);
  const request = adapter.sent.at(-1);
  if (!request) throw new Error('nothing was sent');
  return { ...request, form: Object.fromEntries(new URLSearchParams(request.body)) };
}

/** Answers the next token request with these fields in place of the server's own; undefined takes one away. */
function answerWith(fields: Record<string, unknown> | string): void {
  const usual = { access_token: 'cwt=AAEB', token_type: 'Bearer', expires_in: 3_600 };
  const body = typeof fields === 'string' ? fields : JSON.stringify({ ...usual, ...fields });
  adapter.world.faults.set('ucwa.token', { body, times: 1 });
}

describe('the request', () => {
  test('107, 117: is a POST of a form, without Authorization', async () => {
    const { method, url, headers } = await sentFor(anonymous);
    expect([method, url.href]).toEqual(['POST', contoso.tickets]);
    expect(headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    });
    expect(adapter.world.calls).toEqual([expect.objectContaining({ method: 'POST', authorized: false, status: 200 })]);
  });

  test('108, 109, 110, 116: of a guest has the grant, the key and the conference URI, and no scope', async () => {
    expect((await sentFor({ ...anonymous, conferenceKey: 'G03W98W4' })).form).toEqual({
      grant_type: 'urn:microsoft.rtc:anonmeeting',
      password: 'G03W98W4',
      ms_rtc_conferenceuri: conferenceUri,
    });
  });

  test('111, 112: is percent-encoded to the letter, with & between the fields', async () => {
    expect((await sentFor(anonymous)).body).toBe(
      'grant_type=urn%3Amicrosoft.rtc%3Aanonmeeting&password=5LB7MRBC' +
        '&ms_rtc_conferenceuri=sip%3Ajohn%40contoso.example%3Bgruu%3Bopaque%3Dapp%3Aconf%3Afocus%3Aid%3A5LB7MRBC',
    );
  });

  test('111: every character of a key arrives as it was', async () => {
    const conferenceKey = ':@;=+&% äß漢😀\'"()*!~\r\n';
    const [johns] = adapter.world.onPremises.meetings;
    if (johns) johns.conferenceKey = conferenceKey;
    await expect(ask({ ...anonymous, conferenceKey })).resolves.toMatchObject({ origin: endpoint.origin });
    await expect(ask({ ...anonymous, conferenceKey: `${conferenceKey} ` })).rejects.toMatchObject({
      code: 'invalid_grant',
    });
  });

  test('113: of an account has its user name and password', async () => {
    expect((await sentFor(account)).form).toEqual({ grant_type: 'password', username: 'johndoe', password: 'A3ddj3w' });
    await expect(ask(account)).resolves.toMatchObject({ token: expect.stringMatching(/^cwt=/) as string });
  });

  test.each([
    ['user name', { ...account, username: '' }],
    ['password', { ...account, password: '' }],
  ])('114: of an account without a %s is not sent', async (_, grant) => {
    await expect(ask(grant)).rejects.toMatchObject({ code: 'credentials_missing', status: 0 });
    expect(adapter.sent).toEqual([]);
  });

  test.each([
    ['windows', 'grant_type=urn%3Amicrosoft.rtc%3Awindows'],
    ['passive', 'grant_type=urn%3Amicrosoft.rtc%3Apassive'],
  ] as const)('115: for %s is the grant and nothing else', async (kind, body) => {
    adapter.behave({ grants: ['urn:microsoft.rtc:windows', 'urn:microsoft.rtc:passive'] });
    expect((await sentFor({ kind })).body).toBe(body);
  });

  test.each([301, 302, 303, 307, 308])('119: is not sent on after a %i', async (status) => {
    adapter.world.faults.set('ucwa.token', {
      status,
      headers: { location: 'https://pool02.contoso.example/WebTicket' },
    });
    await expect(ask()).rejects.toMatchObject({ code: 'refused', status });
    expect(adapter.arrived()).toEqual([contoso.tickets]);
  });
});

describe('the ticket', () => {
  test('120: is kept whole, with its cwt=', async () => {
    const { token } = await ask();
    expect(token).toMatch(/^cwt=AAEB/);
    expect(token).toBe(adapter.world.onPremises.issued.at(-1)?.token);
  });

  test('121: goes into the header as Bearer cwt=…, and only to the host that issued it', async () => {
    await adapter.newPlatform().issue(guestOf(), requestSignal());
    const [first] = adapter.world.onPremises.issued;
    const authorized = adapter.sent.filter(({ headers }) => headers?.['authorization'] !== undefined);
    expect(authorized.map(({ url, headers }) => [url.host, headers?.['authorization']])).toEqual([
      [first?.host, `Bearer ${String(first?.token)}`],
    ]);
  });

  test.each([3_543, 3_600, 60, 7_200])('122: of %i seconds lives as long', async (seconds) => {
    adapter.behave({ tokenLifetimeSeconds: seconds });
    expect((await ask()).expiresAt).toEqual(new Date(clock.now() + seconds * 1_000));
  });

  test('123: is counted from when it was asked for, not from when it came', async () => {
    const askedAt = clock.now();
    const slowly: typeof adapter.transport = async (request, signal) => {
      const answer = await adapter.transport(request, signal);
      clock.advance({ seconds: 4 });
      return answer;
    };
    const { expiresAt } = await requestTicket(slowly, { endpoint, grant: anonymous, now: clock.now }, forever);
    expect(expiresAt.getTime()).toBe(askedAt + 3_600_000);
  });

  test.each([
    ['a string of digits', '1800', 1_800],
    ['a fraction', 1799.5, 1_799.5],
    ['nothing', undefined, 3_600],
  ])('124: with %s for its seconds', async (_, given, seconds) => {
    answerWith({ expires_in: given });
    expect((await ask()).expiresAt).toEqual(new Date(clock.now() + seconds * 1_000));
  });

  test.each([0, -1, '0', '-60', '1e3', '', ' 60', 'NaN', null, true, [60], {}, 86_401, 1e300, '999999'])(
    '125: that says it lives %p seconds is refused',
    async (seconds) => {
      answerWith({ expires_in: seconds });
      await expect(ask()).rejects.toMatchObject({ code: 'unusable', status: 200 });
    },
  );

  test('126: may come with fields that nobody knows', async () => {
    answerWith({ ms_rtc_identityscope: 'local', scope: 'all', more: { _links: [] } });
    await expect(ask()).resolves.toMatchObject({ token: 'cwt=AAEB' });
  });

  test.each(['bearer', 'BEARER', 'Bearer'])('127: is for a bearer, in any letter case: %s', async (type) => {
    answerWith({ token_type: type });
    await expect(ask()).resolves.toMatchObject({ token: 'cwt=AAEB' });
  });

  test.each(['mac', 'Bearer x', '', undefined, 7])('127: of the type %p is refused', async (type) => {
    answerWith({ token_type: type });
    await expect(ask()).rejects.toMatchObject({ code: 'unusable' });
  });

  test.each([undefined, '', 7, null, ['cwt=AAEB'], 'cwt=A\r\nX: y', 'cwt=A B', 'cwt=Ä'])(
    '128: that is %p is refused',
    async (token) => {
      answerWith({ access_token: token });
      await expect(ask()).rejects.toMatchObject({ code: 'unusable' });
    },
  );

  test('128: that is longer than any header is refused', async () => {
    answerWith({ access_token: `cwt=${'A'.repeat(8_192)}` });
    await expect(ask()).rejects.toMatchObject({ code: 'unusable' });
  });

  test.each([
    '',
    '<html>Sign in</html>',
    '{"access_token":"cwt=AAEB","token_type":"Bearer","expires_in":3600',
    '{"access_token":"cwt=AAEB","token_type":"Bearer",}',
    '"cwt=AAEB"',
    'null',
    '[]',
  ])('129: in an answer that is no JSON object is not looked for: %s', async (body) => {
    answerWith(body);
    await expect(ask()).rejects.toMatchObject({ code: 'unusable', status: 200 });
  });

  test('130: is asked for anew each time', async () => {
    expect((await ask()).token).not.toBe((await ask()).token);
    expect(adapter.arrived()).toEqual([contoso.tickets, contoso.tickets]);
  });
});
