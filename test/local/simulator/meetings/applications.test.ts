import { applicationsUrl } from '../upstreams/onPremises/onPremises.ts';
import { at, type Reply } from '../setUp.ts';
import { json, platforms, startMeetings, type MeetingTest, type TestGuest } from './guests.ts';

let simulator: MeetingTest;

beforeAll(async () => {
  simulator = await startMeetings();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const enter = async (platform: (typeof platforms)[number], body: Record<string, unknown> = {}) =>
  simulator.enter(await simulator.bearer(platform), body);
const create = (guest: TestGuest, body: unknown, headers: Record<string, string> = json) =>
  guest.ask(guest.applicationsUrl, { method: 'POST', headers, body });
const parametersOf = (reply: Reply) => Object.keys(at(reply.json, 'parameters') ?? {});
const needed = { culture: 'en-US', userAgent: 'test', endpointId: 'e1' };

describe.each(platforms)('an application on %s', (platform) => {
  test('is created with relative links to itself, its events and the join', async () => {
    const { created, applicationsUrl: url, conferenceUri } = await enter(platform);
    const path = new URL(url).pathname;
    expect(conferenceUri).toMatch(/^sip:.+;gruu;opaque=app:conf:focus:id:/);
    expect(created.status).toBe(201);
    expect(created.headers['x-ms-ucwaversion']).toBe('2.0');
    const self = String(at(created.json, '_links', 'self', 'href'));
    expect(self).toMatch(new RegExp(`^${path}/\\d{11,12}$`));
    expect(created.headers.location).toBe(self);
    expect(created.json).toMatchObject({
      rel: 'application',
      culture: 'en-US',
      userAgent: 'test',
      type: 'Browser',
      _links: { events: { href: `${self}/events?ack=1` } },
      _embedded: {
        me: { rel: 'me', uri: expect.stringMatching(/^sip:.+@anonymous\.invalid$/) as string },
        communication: {
          rel: 'communication',
          _links: { joinOnlineMeeting: { href: `${self}/communication/onlineMeetingInvitations` } },
        },
      },
    });
    expect(Object.values(at(created.json, '_embedded', 'communication') as object)).toContain(
      'please pass this in a PUT request',
    );
  });

  test('can be read again, with me and communication, and has nothing else to show', async () => {
    const guest = await enter(platform, { anonymousDisplayName: 'Ada' });
    expect(await guest.ask(guest.self)).toMatchObject({ status: 200, json: { rel: 'application' } });
    expect(await guest.ask(`${guest.self}/me`)).toMatchObject({ status: 200, json: { rel: 'me', name: 'Ada' } });
    expect(await guest.ask(`${guest.self}/communication`)).toMatchObject({ json: { rel: 'communication' } });
    expect(await guest.ask(`${guest.self}/people`)).toMatchObject({ status: 404, json: { code: 'NotFound' } });
    expect(await guest.ask(`${guest.self}/me/presence`)).toMatchObject({
      status: 409,
      json: { code: 'Conflict', subcode: 'MakeMeAvailableRequired' },
    });
    expect((await guest.ask(guest.self, { method: 'PUT' })).status).toBe(405);
  });

  test('165, 166: a missing or over-long required property is named in a 400', async () => {
    const guest = await enter(platform);
    const long = 'x'.repeat(101);
    const refused = await create(guest, { culture: '', userAgent: long, endpointId: 'e1' });
    expect(refused).toMatchObject({
      status: 400,
      json: { code: 'BadRequest', subcode: 'ParameterValidationFailure' },
    });
    expect(parametersOf(refused)).toEqual(['culture', 'userAgent']);
    expect(parametersOf(await create(guest, { endpointId: 'e1' }))).toEqual(['culture', 'userAgent']);
    expect(parametersOf(await create(guest, { ...needed, instanceId: long, type: 'Phone' }))).toEqual([
      'instanceId',
      'type',
    ]);
    expect((await create(guest, { ...needed, culture: 'x'.repeat(100) })).status).toBe(201);
  });

  test('167: the names of properties are taken in any letter case', async () => {
    const guest = await enter(platform);
    const reply = await create(guest, { Culture: 'de-DE', USERAGENT: 'other', EndpointId: 'e1' });
    expect(reply).toMatchObject({ status: 201, json: { culture: 'de-DE', userAgent: 'other' } });
  });

  test('168, 203: malformed JSON, a trailing comma too, is a DeserializationFailure', async () => {
    const guest = await enter(platform);
    for (const body of ['{"culture":"en-US","userAgent":"test","endpointId":"e1",}', '{', '[]', '{"culture":1}']) {
      expect(await create(guest, body)).toMatchObject({
        status: 400,
        json: { code: 'BadRequest', subcode: 'DeserializationFailure' },
      });
    }
  });

  test('204: another media type is refused with 415', async () => {
    const guest = await enter(platform);
    const unsupported = { status: 415, json: { code: 'UnsupportedMediaType', subcode: 'UnsupportedMediaType' } };
    expect(await create(guest, 'culture=en-US', { 'content-type': 'text/plain' })).toMatchObject(unsupported);
    expect(await create(guest, needed, {})).toMatchObject(unsupported);
    expect(await guest.ask(guest.joinUrl, { method: 'POST', body: '{}' })).toMatchObject(unsupported);
    const ucwaJson = { 'content-type': 'application/vnd.microsoft.com.ucwa+json; charset=utf-8' };
    expect((await create(guest, needed, ucwaJson)).status).toBe(201);
  });

  test('169: the same instance again gets its application with 200, another one a new one with 201', async () => {
    const guest = await enter(platform, { instanceId: 'tab-1' });
    const body = { culture: 'en-US', userAgent: 'test', endpointId: 'endpoint', instanceId: 'tab-1' };
    const again = await create(guest, body);
    expect([again.status, at(again.json, '_links', 'self', 'href')]).toEqual([200, guest.self]);
    const other = await create(guest, { ...body, instanceId: 'tab-2' });
    expect(other.status).toBe(201);
    expect(at(other.json, '_links', 'self', 'href')).not.toBe(guest.self);
  });

  test('184: makeMeAvailable is not for anonymous guests', async () => {
    const guest = await enter(platform);
    const url = `${guest.self}/me/makeMeAvailable`;
    expect(await guest.ask(url, { method: 'POST', headers: json, body: {} })).toMatchObject({
      status: 403,
      json: { code: 'Forbidden', subcode: 'AnonymousNotAllowed' },
    });
  });

  test('185: reportMyActivity is not for anonymous guests', async () => {
    const guest = await enter(platform);
    expect(await guest.ask(`${guest.self}/reportMyActivity`, { method: 'POST' })).toMatchObject({
      status: 403,
      json: { code: 'Forbidden', subcode: 'AnonymousNotAllowed' },
    });
  });

  test('186: DELETE ends it with 204, and its guest has left', async () => {
    const guest = await simulator.joined(platform);
    expect(await guest.ask(guest.self, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect(simulator.meeting(platform).roster).toEqual([]);
    expect(simulator.world.guests.count).toBe(0);
    expect(await guest.ask(guest.self, { method: 'DELETE' })).toMatchObject({
      status: 404,
      json: { code: 'NotFound', subcode: 'ApplicationNotFound' },
    });
  });

  test('193: one that is not running is not found, whatever is asked of it', async () => {
    const guest = await enter(platform);
    simulator.world.guests.endAll();
    const gone = { status: 404, json: { code: 'NotFound', subcode: 'ApplicationNotFound' } };
    expect(await guest.poll()).toMatchObject(gone);
    expect(await guest.join()).toMatchObject(gone);
    expect(await guest.ask(`${guest.applicationsUrl}/1`)).toMatchObject(gone);
  });

  test.each(['TooManyApplications', 'InactiveApplicationExpired', 'UserAgentNotAllowed'] as const)(
    '194: one that has ended is gone with 410 %s, if switched so',
    async (gone) => {
      const guest = await enter(platform);
      simulator.behave({ gone });
      const refusal = { status: 410, json: { code: 'Gone', subcode: gone } };
      expect((await guest.ask(guest.self)).status).toBe(200);
      simulator.world.guests.endAll();
      expect(await guest.poll()).toMatchObject(refusal);
      // Who was away may begin anew; who is refused may not.
      const anew = await create(guest, needed);
      if (gone === 'InactiveApplicationExpired') expect(anew.status).toBe(201);
      else expect(anew).toMatchObject(refusal);
    },
  );

  test('205: a later version of the API than there is, is not found; every answer has the version', async () => {
    const guest = await enter(platform);
    const asking = (version: string) =>
      guest.ask(guest.self, { headers: { 'x-ms-requiresminresourceversion': version } });
    expect(await asking('2.1')).toMatchObject({
      status: 404,
      json: { code: 'NotFound', subcode: 'APIVersionNotSupported' },
      headers: { 'x-ms-ucwaversion': '2.0' },
    });
    expect((await asking('2')).status).toBe(200);
    expect((await asking('1.5')).status).toBe(200);
  });

  test('is only its own guest’s, whose renewed token does as well as the first', async () => {
    const [mine, others] = [await enter(platform), await simulator.bearer(platform)];
    const asking = (token: string) => mine.ask(mine.self, { headers: { authorization: `Bearer ${token}` } });
    const forbidden = await asking(others.token);
    expect(forbidden).toMatchObject({ status: 403, json: { code: 'Forbidden' } });
    expect(forbidden.json).not.toHaveProperty('subcode');
    simulator.clock.now += 60_000;
    const renewed = await simulator.bearer(platform, platform === 'the platform' ? mine.endpoint : mine.token);
    expect(renewed.token).not.toBe(mine.token);
    expect((await asking(renewed.token)).status).toBe(200);
  });

  test('takes no expired token, though it is still running', async () => {
    const guest = await enter(platform);
    simulator.behave({ expirySeconds: 86_400, absenceSeconds: 86_400 });
    simulator.clock.now += 8 * 3_600_000;
    const reply = await guest.ask(guest.self);
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(/Bearer|MsRtcOAuth/);
  });
});

test('on the platform the endpoint is the session id of the token, and names of guests may come at once', async () => {
  const guest = await simulator.enter(await simulator.bearer('the platform', 'session-of-ada'), {
    endpointId: undefined,
    AnonymousDisplayName: 'Ada',
  });
  expect(guest.created.json).toMatchObject({ endpointId: 'session-of-ada', _embedded: { me: { name: 'Ada' } } });
  expect(guest.created.text.match(/session-of-ada/g)).toHaveLength(1);
});

test('on premises the endpoint is the body’s own, and is required', async () => {
  const guest = await enter('the servers on premises');
  expect(guest.created.json).toMatchObject({ endpointId: 'endpoint' });
  const { endpointId: _, ...without } = needed;
  expect(parametersOf(await create(guest, without))).toEqual(['endpointId']);
});

test('on premises an application is known to its own host only', async () => {
  const guest = await enter('the servers on premises');
  const token = await simulator.ask('https://pool02.contoso.example/WebTicket/oauthtoken', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=urn:microsoft.rtc:anonmeeting&password=5LB7MRBC&ms_rtc_conferenceuri=' + guest.conferenceUri,
  });
  const headers = { authorization: `Bearer ${String(at(token.json, 'access_token'))}` };
  const elsewhere = new URL(guest.self, applicationsUrl.replace('lyncweb', 'pool02')).href;
  expect(await simulator.ask(elsewhere, { headers })).toMatchObject({
    status: 404,
    json: { subcode: 'ApplicationNotFound' },
  });
});

test('a token for a chat leads to no meeting', async () => {
  const url =
    'https://ring0.resources.lync.example/platformservice/v1/applications/1627259584/anonApplicationTokens?endpointId=sip:helpdesk@contoso.example';
  const body = { applicationSessionId: 'chat', allowedOrigins: 'https://contoso.com' };
  const reply = await simulator.askPlatform(url, { method: 'POST', headers: json, body });
  const bearer = { ...(await simulator.bearer('the platform')), token: String(at(reply.json, 'token')) };
  const { created } = await simulator.enter(bearer);
  const links = at(created.json, '_embedded', 'communication', '_links');
  expect(Object.keys(links as object)).toEqual(['self', 'conversations', 'startMessaging']);
});
