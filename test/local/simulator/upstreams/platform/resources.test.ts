import type { PlatformBehaviour } from '../../../../../local/simulator/upstreams/platform/behaviour.ts';
import { startTestSimulator, at, type TestSimulator } from '../../setUp.ts';

const discoverUrl = 'https://api.skype.example/platformservice/discover';
const applicationsUrl = 'https://ring0.resources.lync.example/platformservice/v1/applications';
const endpoint = 'endpointId=sip%3Ahelpdesk%40contoso.example';
const applicationUrl = `${applicationsUrl}/1627259584?${endpoint}`;

let simulator: TestSimulator;
const behave = (behaviour: Partial<PlatformBehaviour>) => Object.assign(simulator.world.platform, behaviour);

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe('discover', () => {
  test('leads to the applications on another host, and shows its own internal port', async () => {
    const reply = await simulator.askPlatform(`${discoverUrl}?Region=northamerica`);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      _links: {
        self: { href: 'https://api.skype.example:4443/platformservice/discover?Region=northamerica' },
        'service:applications': { href: applicationsUrl },
        myApplications: { href: 'https://ring0.resources.lync.example/platformservice/v1/myApplications' },
      },
      rel: 'service:discover',
    });
  });

  test('answers with the headers of the captures', async () => {
    const { headers } = await simulator.askPlatform(discoverUrl, { headers: { 'client-request-id': 'job-1' } });
    expect(headers).toMatchObject({
      'content-type': 'application/vnd.microsoft.com.ucwa+json; charset=utf-8',
      'cache-control': 'no-cache',
      'client-request-id': 'job-1',
      'x-ms-server-fqdn': 'APIFES01.infra.lync.example',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    });
    expect(headers['x-ms-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-ms-client-request-id']).not.toBe('job-1');
  });

  test('is open when the behaviour says so', async () => {
    expect((await simulator.ask(discoverUrl)).status).toBe(401);
    behave({ requireAuthOnDiscover: false });
    expect((await simulator.ask(discoverUrl)).status).toBe(200);
  });
});

describe('a request without a good token', () => {
  test.each([discoverUrl, `${applicationsUrl}?${endpoint}`, applicationUrl])(
    'gets HTML and two challenges from %s',
    async (url) => {
      const { status, headers, text } = await simulator.ask(url);
      expect(status).toBe(401);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('private');
      expect(headers['www-authenticate']).toMatch(
        /^Bearer trusted_issuers="\S+@\S+", client_id="00000004-0000-0ff1-ce00-000000000000", authorization_uri="file:\/\/client\/common\/oauth2\/authorize", MsRtcOAuth href="https:\/\/\S+\/WebTicket\/oauthtoken",grant_type="\S+"$/,
      );
      expect(text).toMatch(/^<html>/);
    },
  );

  test.each(['https://api.skype.example', 'HTTPS://API.SKYPE.EXAMPLE/', 'https://noammeetings.resources.lync.example'])(
    'is not one with the audience %s',
    async (audience) => {
      const authorization = `Bearer ${await simulator.entraToken(audience)}`;
      expect((await simulator.ask(discoverUrl, { headers: { authorization } })).status).toBe(200);
    },
  );

  test('is one with a token for another audience, a forged one, one that expired and one that was revoked', async () => {
    const status = async (token: string) =>
      (await simulator.ask(discoverUrl, { headers: { authorization: `Bearer ${token}` } })).status;
    const good = await simulator.entraToken();
    expect(await status(good)).toBe(200);

    expect(await status(await simulator.entraToken('https://vault.azure.net'))).toBe(401);
    expect(await status(`${good.slice(0, -8)}AAAAAAAA`)).toBe(401);
    expect(await status('not-a-token')).toBe(401);

    simulator.world.entra.revokeIssuedTokens();
    expect(await status(good)).toBe(401);

    const late = await simulator.entraToken();
    expect(await status(late)).toBe(200);
    simulator.clock.now += 3_600_000;
    expect(await status(late)).toBe(401);
  });
});

describe('applications and application', () => {
  test('applications leads to the application, relative to the host', async () => {
    const reply = await simulator.askPlatform(`${applicationsUrl}?${endpoint}`);
    expect(reply.json).toEqual({
      _links: {
        self: { href: '/platformservice/v1/applications' },
        'service:application': {
          href: '/platformservice/v1/applications/1627259584?endpointId=sip:helpdesk@contoso.example',
        },
      },
      rel: 'service:applications',
    });
  });

  test('the application shows what it may do', async () => {
    const { status, json } = await simulator.askPlatform(applicationUrl);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      rel: 'service:application',
      _links: {
        self: { href: '/platformservice/v1/applications/1627259584?endpointId=sip%3ahelpdesk%40contoso.example' },
        'service:anonApplicationTokens': {
          href: '/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip:helpdesk@contoso.example',
        },
      },
      _embedded: {
        'service:communication': {
          rel: 'service:communication',
          etag: '4294967295',
          _links: {
            'service:startAudio': {
              href: '/platformservice/v1/applications/1627259584/communication/audioVideoInvitations?modalities=Audio&endpointId=sip:helpdesk@contoso.example',
            },
          },
        },
        myOnlineMeetings: { rel: 'myOnlineMeetings' },
        'service:adhocMeetings': {
          _links: {
            self: {
              href: '/platformservice/v1/applications/1627259584/adhocMeetings?endpointId=sip%3ahelpdesk%40contoso.example',
            },
          },
        },
      },
    });
  });

  test.each(['ENDPOINTID=sip:helpdesk@contoso.example', 'endpointid=sip:helpdesk%40contoso.example', endpoint])(
    'take the endpoint as %s, and paths in any letter case',
    async (query) => {
      const { status } = await simulator.askPlatform(
        `${applicationsUrl.replace('/platformservice', '/platformService')}?${query}`,
      );
      expect(status).toBe(200);
    },
  );

  test('answer 403 with the subcode, or without, to an application or endpoint that is not registered', async () => {
    const wrongEndpoint = await simulator.askPlatform(`${applicationsUrl}?endpointId=sip:other@contoso.example`);
    expect(wrongEndpoint).toMatchObject({ status: 403, json: { code: 'Forbidden', subcode: 'ApplicationNotFound' } });
    expect((await simulator.askPlatform(applicationsUrl)).status).toBe(403);

    behave({ registered: false, forbiddenSubcode: false });
    const unregistered = await simulator.askPlatform(applicationUrl);
    expect(unregistered).toMatchObject({ status: 403, json: { code: 'Forbidden' } });
    expect(unregistered.json).not.toHaveProperty('subcode');
    expect(at(unregistered.json, 'debugInfo', 'errorReportId')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('answer 403 to a token of another application', async () => {
    const { endpoint: identity, header } = simulator.managedIdentity;
    const granted = await simulator.ask(
      `${identity}?api-version=2019-08-01&resource=${encodeURIComponent(simulator.platform.audience)}`,
      { headers: { 'x-identity-header': header } },
    );
    const authorization = `Bearer ${String(at(granted.json, 'access_token'))}`;
    expect((await simulator.ask(applicationUrl, { headers: { authorization } })).status).toBe(403);
  });

  test('an application that moved is found by its new path only', async () => {
    behave({ applicationId: '1037450622' });
    expect(await simulator.askPlatform(applicationUrl)).toMatchObject({ status: 404, json: { code: 'NotFound' } });
    const applications = await simulator.askPlatform(`${applicationsUrl}?${endpoint}`);
    const href = String(at(applications.json, '_links', 'service:application', 'href'));
    expect((await simulator.askPlatform(new URL(href, applicationsUrl).href)).status).toBe(200);
  });

  test('other methods get 405, other paths and hosts 404', async () => {
    expect((await simulator.askPlatform(applicationUrl, { method: 'DELETE' })).status).toBe(405);
    expect((await simulator.askPlatform(`${applicationsUrl}/1/2/3`)).status).toBe(404);
    expect((await simulator.askPlatform('https://api.skype.example/platformservice/v1/applications')).status).toBe(404);
    expect((await simulator.askPlatform('https://meet.lync.example/platformservice/discover')).status).toBe(404);
  });
});

describe('the dialect', () => {
  test('of internal partners prefixes the same names differently', async () => {
    behave({ namespace: 'ms:rtc:saas:' });
    expect((await simulator.askPlatform(discoverUrl)).json).toMatchObject({
      _links: { 'ms:rtc:saas:applications': {}, myApplications: {} },
      rel: 'ms:rtc:saas:discover',
    });
    expect((await simulator.askPlatform(applicationUrl)).json).toMatchObject({
      _links: { 'ms:rtc:saas:anonApplicationTokens': {} },
      _embedded: { 'ms:rtc:saas:communication': {}, myOnlineMeetings: {} },
    });
  });

  test('can place links in _embedded, or at the top level', async () => {
    behave({ linkPlace: 'embedded' });
    expect((await simulator.askPlatform(discoverUrl)).json).toMatchObject({
      _links: { self: {} },
      _embedded: { 'service:applications': { _links: { self: { href: applicationsUrl } } } },
    });
    behave({ linkPlace: 'top-level' });
    const { json } = await simulator.askPlatform(discoverUrl);
    expect(json).toMatchObject({ 'service:applications': { href: applicationsUrl } });
    expect(json).not.toHaveProperty('_links');
  });

  test('can make links absolute, and leave some out', async () => {
    behave({ hrefs: 'absolute', missingLinks: ['adhocMeetings', 'startAudio'] });
    const { json } = await simulator.askPlatform(applicationUrl);
    expect(at(json, '_links', 'service:anonApplicationTokens', 'href')).toMatch(
      /^https:\/\/ring0\.resources\.lync\.example\//,
    );
    expect(at(json, '_embedded')).not.toHaveProperty('service:adhocMeetings');
    expect(at(json, '_embedded', 'service:communication', '_links')).not.toHaveProperty('service:startAudio');
  });

  test('follows Accept in the media type, and can begin with a byte order mark', async () => {
    behave({ bom: true });
    const reply = await simulator.askPlatform(discoverUrl, { headers: { accept: 'application/json; charset=utf-8' } });
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(reply.text.startsWith('\uFEFF{')).toBe(true);
  });
});
