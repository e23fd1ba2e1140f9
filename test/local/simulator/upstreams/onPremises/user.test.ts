import type { ChallengeForm } from '../../../../../local/simulator/upstreams/onPremises/behaviour.ts';
import { noon } from '../../setUp.ts';
import {
  bearer,
  href,
  rootPath,
  startOnPremises,
  userUrl,
  type OnPremisesTest,
  applicationsUrl,
} from './onPremises.ts';

let simulator: OnPremisesTest;

beforeAll(async () => {
  simulator = await startOnPremises();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const askUser = (token: string, host = 'lyncweb.contoso.example') =>
  simulator.ask(userUrl.replace('lyncweb.contoso.example', host), { headers: bearer(token) });

describe('user without Authorization', () => {
  const offered = 'grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"';
  const address = 'https://lyncweb.contoso.example/WebTicket/oauthtoken';
  const emptyBearer = 'Bearer trusted_issuers="", client_id="00000004-0000-0ff1-ce00-000000000000"';

  test('211: answers 401, HTML, and Bearer and MsRtcOAuth challenges on two lines', async () => {
    const { status, headers, text, json } = await simulator.ask(userUrl);
    expect(status).toBe(401);
    expect(headers['content-type']).toBe('text/html');
    expect(text).toContain('<html>');
    expect(json).toBeUndefined();
    expect(headers['www-authenticate']).toMatch(
      new RegExp(`^Bearer trusted_issuers="[^"]+", client_id="[^"]+", MsRtcOAuth href="${address}",${offered}$`),
    );
  });

  // Node joins two lines with comma and blank; only the raw headers tell them from one merged line.
  test.each<[ChallengeForm, string[]]>([
    ['quoted', [`MsRtcOAuth href="${address}",${offered}`]],
    ['unquoted', [`MsRtcOAuth href=${address},${offered}`]],
    ['merged', [`${emptyBearer}, MsRtcOAuth href="${address}",${offered}`]],
    ['merged-tight', [`${emptyBearer},MsRtcOAuth href="${address}",${offered}`]],
    ['after-negotiate', ['Negotiate', 'NTLM', `MsRtcOAuth href="${address}",${offered}`]],
    ['relative-href', [`MsRtcOAuth href="/WebTicket/oauthtoken",${offered}`]],
    ['http-href', [`MsRtcOAuth href="${address.replace('https', 'http')}",${offered}`]],
    ['foreign-href', [`MsRtcOAuth href="https://evil-contoso.example/WebTicket/oauthtoken",${offered}`]],
    ['no-href', [`MsRtcOAuth ${offered}`]],
    ['negotiate-only', ['Negotiate', 'NTLM']],
    ['none', []],
  ])('211: the header has the form %s', async (challenge, lines) => {
    simulator.behave({ challenge });
    const { status, rawHeaders } = await simulator.ask(userUrl);
    expect(status).toBe(401);
    expect(valuesOf(rawHeaders)).toEqual(lines);
  });

  test('211: two lines are two lines, and a Bearer challenge can stand alone', async () => {
    expect(valuesOf((await simulator.ask(userUrl)).rawHeaders)).toEqual([
      expect.stringMatching(/^Bearer /) as string,
      `MsRtcOAuth href="${address}",${offered}`,
    ]);
    simulator.behave({ challenge: 'bearer-only' });
    const { headers } = await simulator.ask(userUrl);
    expect(headers['www-authenticate']).toMatch(/^Bearer .+ authorization_uri="[^"]+"$/);
  });

  test('211: the grants are listed as switched, and twice over if wished', async () => {
    simulator.behave({ grants: ['urn:microsoft.rtc:passive', 'password'], challenge: 'duplicate-grants' });
    const listed = 'urn:microsoft.rtc:passive,password';
    expect((await simulator.ask(userUrl)).headers['www-authenticate']).toContain(`grant_type="${listed},${listed}"`);
  });

  test('211: in version 1.0 the challenge is unquoted and alone, as the document prints it', async () => {
    const { headers } = await simulator.ask(userUrl.replaceAll('contoso', 'litware'));
    expect(headers['www-authenticate']).toBe(`MsRtcOAuth href=${address.replace('contoso', 'litware')},${offered}`);
  });

  function valuesOf(rawHeaders: string[]): string[] {
    return rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'www-authenticate');
  }
});

describe('user with Authorization', () => {
  test('leads to the applications on its own host', async () => {
    expect((await askUser(await simulator.guestToken())).json).toEqual({
      _links: {
        self: { href: `https://lyncweb.contoso.example${rootPath}/user` },
        applications: { href: 'https://lyncweb.contoso.example/ucwa/oauth/v1/applications', revision: '2' },
        xframe: { href: 'https://lyncweb.contoso.example/Autodiscover/XFrame/XFrame.html' },
      },
    });
  });

  test.each([
    ['other-pool', 'pool02.contoso.example'],
    ['foreign', 'evil-contoso.example'],
  ] as const)('leads to the applications elsewhere: %s', async (applicationsOn, host) => {
    simulator.behave({ applicationsOn });
    const reply = await askUser(await simulator.guestToken());
    expect(href(reply, 'applications')).toBe(`https://${host}/ucwa/oauth/v1/applications`);
  });

  test('names them by the place of the caller in the older dialects', async () => {
    const right = { href: 'https://lyncweb.contoso.example/ucwa/oauth/v1/applications' };
    const headers = {
      accept: 'application/vnd.microsoft.rtc.autodiscover+json;v=1',
      ...bearer(await simulator.guestToken()),
    };
    for (const accessLocation of ['Internal', 'External'] as const) {
      simulator.behave({ accessLocation });
      const { json } = await simulator.ask(userUrl, { headers });
      expect(json).toMatchObject({
        AccessLocation: accessLocation,
        User: { Links: expect.arrayContaining([{ token: `${accessLocation}/Ucwa`, ...right }]) as unknown },
      });
    }
  });

  test('has another path in version 1.0', async () => {
    const password = '5LB7MRBC';
    const form = {
      grant_type: 'urn:microsoft.rtc:anonmeeting',
      password,
      ms_rtc_conferenceuri: `sip:john@litware.example;gruu;opaque=app:conf:focus:id:${password}`,
    };
    const token = await simulator.guestToken('lyncweb.litware.example', form);
    const reply = await simulator.ask(userUrl.replaceAll('contoso', 'litware'), { headers: bearer(token) });
    expect(href(reply, 'applications')).toBe('https://lyncweb.litware.example/ucwa/v1/applications');
  });

  test.each<[string, () => Promise<string>]>([
    ['garbage', () => Promise.resolve('cwt=AAEB0123')],
    ['a token of another kind', () => Promise.resolve('eyJh.e30.sig')],
    ["another host's token", () => simulator.guestToken('pool01.contoso.example')],
    [
      'an expired token',
      async () => {
        const token = await simulator.guestToken();
        simulator.clock.now = noon + 3_600_000;
        return token;
      },
    ],
  ])('212: %s is refused with 403, the challenge and 28055', async (_, makeToken) => {
    const token = await makeToken();
    const { status, headers } = await askUser(token);
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toContain('MsRtcOAuth');
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'x-ms-diagnostics':
        '28055;source="fe01.contoso.example";reason="The OAuth token is invalid.";faultcode="wsse:FailedAuthentication"',
      warning: '120 fe01.contoso.example "InvalidToken"',
    });
    simulator.behave({ badTokenAtUser: 401 });
    expect((await askUser(token)).status).toBe(401);
  });

  test('212: another scheme is refused too', async () => {
    expect((await simulator.ask(userUrl, { headers: { authorization: 'Basic Og==' } })).status).toBe(403);
  });

  test.each([401, 403])('212: a fault with %i brings the challenge', async (status) => {
    simulator.world.faults.set('ucwa.user', { status });
    const reply = await askUser(await simulator.guestToken());
    expect(reply.status).toBe(status);
    expect(reply.headers['www-authenticate']).toContain('MsRtcOAuth');
  });
});

const body = { culture: 'en-US', endpointId: 'e1', userAgent: 'test' };
const create = async (origin: string) =>
  simulator.ask(applicationsUrl, {
    method: 'POST',
    headers: { ...bearer(await simulator.guestToken()), 'content-type': 'application/json', 'x-ms-origin': origin },
    body,
  });

test('206: an X-Ms-Origin that is not on the list is refused with 403 and the reason in a header', async () => {
  const refused = await create('https://apps.contoso.com');
  expect(refused.status).toBe(403);
  expect(refused.headers['x-ms-diagnostics']).toContain(
    'Service does not allow a cross domain request from this origin.',
  );
  simulator.behave({ crossDomainOrigins: ['https://apps.contoso.com'] });
  expect((await create('https://apps.contoso.com')).status).toBe(201);
});

test('206: scheme, host and port of an origin count, their letter case does not', async () => {
  simulator.behave({ crossDomainOrigins: ['https://apps.contoso.com/'] });
  for (const origin of [
    'http://apps.contoso.com',
    'https://contoso.com',
    'https://apps.contoso.com:8443',
    'null',
    '',
  ]) {
    expect((await create(origin)).status).toBe(403);
  }
  expect((await create('https://APPS.contoso.com:443')).status).toBe(201);
});

test('206: the list holds for discovery and tokens too, and only for who names an origin', async () => {
  const root = `https://lyncweb.contoso.example${rootPath}`;
  for (const url of [root, userUrl]) {
    expect((await simulator.ask(url, { headers: { 'x-ms-origin': 'https://evil.example' } })).status).toBe(403);
    expect((await simulator.ask(url)).status).not.toBe(403);
  }
  expect((await simulator.askTicket({}, { headers: { 'x-ms-origin': 'https://evil.example' } })).status).toBe(403);
});
