import type { PlatformBehaviour } from '../../../../../local/simulator/upstreams/platform/behaviour.ts';
import { at, noon, startTestSimulator, tokenPart, type Ask, type Reply, type TestSimulator } from '../../setUp.ts';

const applicationUrl = 'https://ring0.resources.lync.example/platformservice/v1/applications/1627259584';
const endpoint = 'endpointId=sip%3ahelpdesk%40contoso.example';
const path = '/platformservice/v1/applications/1627259584/adhocMeetings';
const ringUrl = `https://ring0.resources.lync.example${path}?${endpoint}`;
const eightHours = Math.floor(noon / 1000) * 1000 + 28_800_000;

let simulator: TestSimulator;
const behave = (behaviour: Partial<PlatformBehaviour>) => Object.assign(simulator.world.platform, behaviour);
const ucwaJson = { 'content-type': 'application/vnd.microsoft.com.ucwa+json; charset=utf-8' };
const plainJson = { 'content-type': 'application/json; charset=utf-8' };
const post = (body: unknown, { url = ringUrl, headers = ucwaJson }: { url?: string } & Pick<Ask, 'headers'> = {}) =>
  simulator.askPlatform(url, { method: 'POST', headers, body });
const created = () => simulator.world.platform.meetings;
const textAt = (reply: Reply, ...names: string[]): string => String(at(reply.json, ...names));

beforeAll(async () => {
  simulator = await startTestSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe('a meeting', () => {
  test('has every field of the captures: names, options as asked or by default, its end and its links', async () => {
    const reply = await post({ subject: 'adhocMeeting', description: 'A talk' });
    const id = textAt(reply, 'conferenceId');
    const organizer = 'sip:DM20R02meet1013@noammeetings.lync.example';
    const conference = `${organizer};gruu;opaque=app:conf:focus:id:${id}`;
    expect(reply.status).toBe(200);
    expect(id).toMatch(/^[A-Z0-9]{8}$/);
    expect(reply.json).toEqual({
      subject: 'adhocMeeting',
      description: 'A talk',
      accessLevel: 'Everyone',
      automaticLeaderAssignment: 'Disabled',
      entryExitAnnouncement: 'Disabled',
      lobbyBypassForPhoneUsers: 'Disabled',
      phoneUserAdmission: 'Disabled',
      expirationTime: '2026-01-15T20:00:00Z',
      onlineMeetingId: id,
      conferenceId: id,
      onlineMeetingUri: conference,
      organizerUri: organizer,
      joinUrl: `https://meet.resources.lync.example/NOAMmeetings/dm20r02meet1013/${id}`,
      etag: expect.stringMatching(/^\d+$/) as string,
      _links: {
        self: { href: `${path}/${id}?${endpoint}&onlineMeetingContext=${organizer}` },
        'service:discover': {
          href: expect.stringMatching(
            /^https:\/\/noammeetings\.resources\.lync\.example\/platformService\/discover\?discoverContext=[\w.%]+\.$/,
          ) as string,
        },
        'service:joinAdhocMeeting': {
          href: `https://webpool01.infra.lync.example/platformservice/v1/applications/1627259584/communication/onlineMeetingInvitations?confUrl=${conference}&endpointId=sip:helpdesk@contoso.example`,
        },
        applications: { href: 'https://webpool01.infra.lync.example/ucwa/v1/applications' },
      },
      rel: 'service:adhocMeeting',
    });
    expect(reply.headers.etag).toBe(`"${textAt(reply, 'etag')}"`);
    expect(reply.headers).not.toHaveProperty('location');
  });

  test('says of its discover context no more than three encrypted parts', async () => {
    const { search } = new URL(textAt(await post({}), '_links', 'service:discover', 'href'));
    const parts = (new URLSearchParams(search).get('discoverContext') ?? '').split('.');
    expect(parts.map((part) => Buffer.from(part, 'base64').length)).toEqual([256, 16, 48, 0]);
  });

  test('is recorded with what was asked', async () => {
    const asked = {
      subject: 'Advice',
      accessLevel: 'Invited',
      automaticLeaderAssignment: 'SameEnterprise',
      entryExitAnnouncement: 'Unsupported',
      lobbyBypassForPhoneUsers: 'Enabled',
      phoneUserAdmission: 'Enabled',
      attendees: ['sip:john@contoso.example'],
      leaders: ['sip:dana@contoso.example', 'SIP:john@contoso.example'],
    };
    const reply = await post(asked);
    expect(reply.json).toMatchObject(asked);
    expect(created()).toEqual([
      {
        ...asked,
        joinUrl: at(reply.json, 'joinUrl'),
        conferenceId: at(reply.json, 'conferenceId'),
        onlineMeetingUri: at(reply.json, 'onlineMeetingUri'),
        organizerUri: at(reply.json, 'organizerUri'),
        expiresAt: eightHours,
        at: noon,
      },
    ]);
    await simulator.reset();
    expect(created()).toEqual([]);
  });

  test('is another one for each request', async () => {
    const [one, other] = [await post({ subject: 'x' }), await post({ subject: 'x' })];
    expect(textAt(one, 'joinUrl')).not.toBe(textAt(other, 'joinUrl'));
    expect(created()).toHaveLength(2);
  });

  test('may come as 201, in the other dialect and with its links elsewhere', async () => {
    behave({ meetingStatus: 201, namespace: 'ms:rtc:saas:', linkPlace: 'top-level', bom: true });
    const reply = await post({});
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      rel: 'ms:rtc:saas:adhocMeeting',
      'ms:rtc:saas:joinAdhocMeeting': { href: expect.any(String) as string },
      applications: { href: expect.any(String) as string },
    });
    expect(reply.text.startsWith('\uFEFF{')).toBe(true);
  });

  test('has a join URL that tokens are given for', async () => {
    const meetingUrl = textAt(await post({}), 'joinUrl');
    const reply = await simulator.askPlatform(`${applicationUrl}/anonApplicationTokens?${endpoint}`, {
      method: 'POST',
      headers: ucwaJson,
      body: { applicationSessionId: 'test', meetingUrl },
    });
    expect(reply.status).toBe(200);
    const id = meetingUrl.split('/').at(-1) ?? '';
    expect(tokenPart(textAt(reply, 'token').slice(5), 'claims')).toMatchObject({
      confid: `sip:dm20r02meet1013@NOAMmeetings.lync.example;gruu;opaque=app:conf:focus:id:${id}`,
    });
  });
});

describe('a request', () => {
  test.each([
    ['without a body or a media type', undefined, {}],
    ['without a body', undefined, plainJson],
    ['with nothing in its body', {}, ucwaJson],
    ['with nulls', { subject: null, accessLevel: null, attendees: null, expirationTime: null }, plainJson],
    ['with empty lists, as captured', { attendees: [], leaders: [] }, ucwaJson],
  ])('%s gets a meeting with all defaults', async (_, body, headers) => {
    const reply = await post(body, { headers });
    expect(reply.status).toBe(200);
    expect(reply.json).not.toHaveProperty('attendees');
    expect(reply.json).not.toHaveProperty('leaders');
    expect(created()).toMatchObject([{ accessLevel: 'Everyone', attendees: [], leaders: [], expiresAt: eightHours }]);
  });

  test('has its names in any letter case, and others that are ignored', async () => {
    await post({ Subject: 'Advice', ACCESSLEVEL: 'Locked', other: 1 });
    expect(created()).toMatchObject([{ subject: 'Advice', accessLevel: 'Locked' }]);
  });

  test.each([
    ['2026-01-15T13:00:00Z', noon - 292 + 3_600_000],
    ['2026-01-15T13:00:00.292Z', noon + 3_600_000],
    [`/Date(${noon})/`, noon],
    [`\\/Date(${noon})\\/`, noon],
    [`/Date(${noon}+0100)/`, noon],
  ])('names its end as %s', async (expirationTime, expiresAt) => {
    await post({ expirationTime });
    expect(created()).toMatchObject([{ expiresAt }]);
  });

  test.each<[string, Partial<PlatformBehaviour>, Ask['headers'], string]>([
    ['ISO in the UCWA media type', {}, ucwaJson, '2026-01-15T20:00:00Z'],
    ['AJAX in plain JSON', {}, plainJson, `/Date(${eightHours})/`],
    ['ISO in plain JSON, as the docs print it', { dateForm: 'iso' }, plainJson, '2026-01-15T20:00:00Z'],
    ['AJAX escaped twice', { dateForm: 'ajax-escaped' }, ucwaJson, `\\/Date(${eightHours})\\/`],
  ])('gets the end back as %s', async (_, behaviour, headers, expected) => {
    behave(behaviour);
    expect(textAt(await post({}, { headers }), 'expirationTime')).toBe(expected);
  });

  test.each([
    ['2025-01-15T12:00:01Z', 200],
    ['2025-01-15T12:00:00Z', 400],
    ['2036-01-15T12:00:00Z', 200],
    ['2036-01-15T12:00:01Z', 400],
  ])('for a meeting that ends at %s: %i', async (expirationTime, status) => {
    const reply = await post({ expirationTime });
    expect(reply.status).toBe(status);
    expect(created()).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe('a request that the platform does not take', () => {
  afterEach(() => {
    expect(created()).toEqual([]);
  });

  test.each([
    ['accessLevel', 'everyone'],
    ['accessLevel', ''],
    ['automaticLeaderAssignment', 'Enabled'],
    ['entryExitAnnouncement', 'On'],
    ['lobbyBypassForPhoneUsers', 'Unsupported'],
    ['phoneUserAdmission', 'Everyone'],
    ['expirationTime', 'tomorrow'],
    ['expirationTime', '2046-01-15T12:00:00Z'],
  ])('has a bad parameter: %s "%s"', async (name, value) => {
    const { status, json } = await post({ [name]: value });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'BadRequest', subcode: 'ParameterValidationFailure' });
    expect(Object.keys(at(json, 'parameters') as object)).toEqual([name]);
  });

  test('has somebody in it who has no SIP URI', async () => {
    const { json } = await post({ attendees: ['sip:john@contoso.example', 'john@contoso.example'] });
    expect(json).toMatchObject({ subcode: 'ParameterValidationFailure' });
    expect(Object.keys(at(json, 'parameters') as object)).toEqual(['attendees.1']);
  });

  test.each([
    ['malformed JSON', '{"subject":'],
    ['no object', '[]'],
    ['a number for a subject', '{"subject":1}'],
    ['a number for an enumeration', '{"accessLevel":4}'],
    ['a number for a date', '{"expirationTime":1768480000000}'],
    ['text for a list', '{"leaders":"sip:john@contoso.example"}'],
  ])('is %s, which cannot be read', async (_, body) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      json: { code: 'BadRequest', subcode: 'DeserializationFailure' },
    });
  });

  test('is of another media type, or too long', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await post('Subject=adhocMeeting', { headers: form })).toMatchObject({ status: 415 });
    expect(await post({ subject: 'x'.repeat(65_536) })).toMatchObject({ status: 413 });
  });

  test('needs a token, a registered application, the right method and the application as it is', async () => {
    expect((await simulator.ask(ringUrl, { method: 'POST', headers: ucwaJson, body: {} })).status).toBe(401);
    expect((await simulator.askPlatform(ringUrl)).status).toBe(405);
    behave({ registered: false });
    expect(await post({})).toMatchObject({ status: 403, json: { subcode: 'ApplicationNotFound' } });
    behave({ registered: true, applicationId: '1037450622' });
    expect((await post({})).status).toBe(404);
  });

  test('is of an application without the permission, which shows no link for it either', async () => {
    behave({ missingLinks: ['adhocMeetings'] });
    const application = await simulator.askPlatform(`${applicationUrl}?${endpoint}`);
    expect(at(application.json, '_embedded')).not.toHaveProperty('service:adhocMeetings');
    expect(await post({})).toMatchObject({ status: 403, json: { code: 'Forbidden' } });
  });

  test('leads to where it is taken: the home pool, which makes the meeting', async () => {
    behave({ redirect: 'pool' });
    const { status, headers } = await post({ subject: 'Advice' });
    expect([status, headers.location]).toEqual([
      307,
      `https://webpool01.infra.lync.example${path}?${endpoint}&redirect=1`,
    ]);
  });
});

test('the home pool makes the meeting that it was sent', async () => {
  behave({ redirect: 'pool' });
  const { headers } = await post({ subject: 'Advice' });
  expect((await post({ subject: 'Advice' }, { url: headers.location ?? '' })).status).toBe(200);
  expect(created()).toMatchObject([{ subject: 'Advice' }]);
});

test('beyond the limit no meeting is made until one has expired', async () => {
  behave({ meetingLimit: 1 });
  await post({ expirationTime: '2026-01-15T13:00:00Z' });
  expect(await post({})).toMatchObject({ status: 409, json: { code: 'Conflict', subcode: 'TooManyOnlineMeetings' } });
  expect(created()).toHaveLength(1);
  simulator.clock.now += 3_600_000;
  expect((await post({})).status).toBe(200);
});

test('the switches are in the control API, and what was created is not shown there', async () => {
  const control = (body: unknown) =>
    simulator.ask(`${simulator.control.url}/platform`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${simulator.control.token}` },
      body,
    });
  await post({ subject: 'Advice' });
  const reply = await control({ meetingStatus: 201, meetingLimit: 0 });
  expect(reply.json).toMatchObject({ meetingStatus: 201, meetingLimit: 0 });
  expect(reply.json).not.toHaveProperty('meetings');
  expect((await post({})).status).toBe(409);
  await control({ meetingLimit: null });
  expect((await post({})).status).toBe(201);
  expect((await control({ meetingStatus: 202 })).status).toBe(400);
});
