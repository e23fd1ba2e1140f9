import { inspect } from 'node:util';
import { requestToken } from '../../../../lib/platforms/trustedApplication/tokens.ts';
import { traced } from '../../../../lib/telemetry.ts';
import { aDiscovery, startMeetingsUnderTest, unusable, type MeetingsUnderTest } from './meetingsUnderTest.ts';
import { guest, requestSignal } from './platformUnderTest.ts';

let underTest: MeetingsUnderTest;

beforeAll(async () => {
  underTest = await startMeetingsUnderTest();
});
beforeEach(() => underTest.reset());
afterAll(() => underTest.stop());

describe('a meeting', () => {
  test('is answered as the platform made it', async () => {
    const meeting = await underTest.create();
    const [record] = underTest.made();
    expect(meeting).toEqual({
      meetingUrl: record?.joinUrl,
      conferenceId: record?.conferenceId,
      onlineMeetingUri: record?.onlineMeetingUri,
      organizerUri: record?.organizerUri,
      expiryTime: new Date(record?.expiresAt ?? 0),
    });
    expect(underTest.made()).toHaveLength(1);
  });

  test('has a URL that guests get tokens for', async () => {
    const { meetingUrl } = await underTest.create();
    const { token } = await requestToken(
      { ...underTest.options(), now: Date.now },
      { ...guest, meetingUrl },
      requestSignal(),
    );
    expect(underTest.world.platform.issued).toMatchObject([{ meetingUrl, token }]);
  });

  test('is what was asked for, in every option', async () => {
    const expirationTime = new Date(Date.now() + 86_400_000);
    const asked = {
      subject: 'Beratung – 相談',
      description: 'Two lines\nof "text"',
      accessLevel: 'Invited',
      automaticLeaderAssignment: 'SameEnterprise',
      entryExitAnnouncement: 'Enabled',
      lobbyBypassForPhoneUsers: 'Enabled',
      phoneUserAdmission: 'Enabled',
      attendees: ['sip:john@contoso.example'],
      leaders: ['sip:dana@contoso.example', 'sip:john@contoso.example'],
    } as const;
    const { expiryTime } = await underTest.create({ ...asked, expirationTime });
    expect(underTest.made()).toMatchObject([{ ...asked, expiresAt: expirationTime.getTime() }]);
    expect(expiryTime).toEqual(expirationTime);
  });

  test('costs no discovery once the links are known', async () => {
    await underTest.create();
    await underTest.create();
    expect(underTest.operations()).toEqual([...aDiscovery, 'meetings', 'meetings']);
    expect(underTest.world.counts()['entra.token']).toBe(1);
  });
});

describe('the request', () => {
  const bodySent = (): unknown => JSON.parse(underTest.sent.at(-1)?.body ?? '');

  test('goes where the application says, in its own words, with a body that names its type', async () => {
    await underTest.create();
    expect(underTest.platform.platformCalls().at(-1)).toMatchObject({
      method: 'POST',
      host: 'ring0.resources.lync.example',
      path: '/platformservice/v1/applications/1627259584/adhocMeetings',
      query: '?endpointId=sip%3ahelpdesk%40contoso.example',
      authorized: true,
    });
    expect(underTest.sent.at(-1)?.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
  });

  test.each([{}, { subject: undefined, accessLevel: undefined, attendees: undefined, expirationTime: undefined }])(
    'says who gets in directly and nothing else when nothing was asked: %j',
    async (asked) => {
      await underTest.create(asked);
      expect(bodySent()).toEqual({ accessLevel: 'Everyone' });
    },
  );

  test('has the fields of the port only, the date in the form of its media type', async () => {
    const expirationTime = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000);
    const withMore = { subject: 'Advice', attendees: [], expirationTime, idempotencyKey: 'k' };
    await underTest.create(withMore);
    expect(bodySent()).toEqual({
      subject: 'Advice',
      accessLevel: 'Everyone',
      attendees: [],
      expirationTime: `/Date(${expirationTime.getTime()})/`,
    });
  });

  test('is recognisable to the platform by its correlation id', async () => {
    await traced({ correlationId: '0af7651916cd43dd8448eb211c80319c', steps: {} }, () => underTest.create());
    expect(underTest.platform.platformCalls().at(-1)?.requestId).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('an answer is read', () => {
  test.each([200, 201] as const)('with the status %i', async (meetingStatus) => {
    underTest.world.platform.meetingStatus = meetingStatus;
    const { meetingUrl } = await underTest.create();
    expect(underTest.made()).toMatchObject([{ joinUrl: meetingUrl }]);
  });

  test.each(['service:', 'ms:rtc:saas:'] as const)('in the dialect %s, its links in any place', async (namespace) => {
    for (const linkPlace of ['links', 'embedded', 'top-level'] as const) {
      Object.assign(underTest.world.platform, { namespace, linkPlace, bom: true });
      underTest.restart();
      const { meetingUrl } = await underTest.create();
      expect(underTest.made().at(-1)?.joinUrl).toBe(meetingUrl);
    }
  });

  test.each(['by-media-type', 'iso', 'ajax', 'ajax-escaped'] as const)('with its date "%s"', async (dateForm) => {
    underTest.world.platform.dateForm = dateForm;
    const { expiryTime } = await underTest.create();
    expect(expiryTime.getTime()).toBe(underTest.made()[0]?.expiresAt);
  });

  test.each([{ conferenceId: undefined }, { onlineMeetingId: undefined }, { conferenceId: null }])(
    'with one name of the conference: %j',
    async (fields) => {
      answer(fields);
      await expect(underTest.create()).resolves.toMatchObject({ conferenceId: 'YAZEP7G2' });
    },
  );

  test('with a meeting that has ended already, or ends in ten years', async () => {
    for (const expirationTime of ['2020-01-01T00:00:00Z', '2036-01-01T00:00:00Z']) {
      answer({ expirationTime });
      await expect(underTest.create()).resolves.toHaveProperty('expiryTime', new Date(expirationTime));
    }
  });
});

/** A good answer with these fields in place of its own; undefined takes one away. */
function answer(fields: Record<string, unknown>): void {
  const good = {
    joinUrl: 'https://meet.resources.lync.example/NOAMmeetings/dm20r02meet1013/YAZEP7G2',
    onlineMeetingUri: 'sip:DM20R02meet1013@noammeetings.lync.example;gruu;opaque=app:conf:focus:id:YAZEP7G2',
    organizerUri: 'sip:DM20R02meet1013@noammeetings.lync.example',
    conferenceId: 'YAZEP7G2',
    onlineMeetingId: 'YAZEP7G2',
    expirationTime: '2026-12-01T12:00:00Z',
  };
  underTest.breakIt({ body: JSON.stringify({ ...good, ...fields }) });
}

describe('an answer is unusable', () => {
  const meet = 'https://meet.resources.lync.example';

  test.each<[string, Record<string, unknown>]>([
    ['without a join URL', { joinUrl: undefined }],
    [
      'with a join URL on a host of the platform where no meetings are',
      { joinUrl: 'https://ring0.resources.lync.example/a/b/c' },
    ],
    ['with a join URL on a host that only looks right', { joinUrl: 'https://evil-meet.resources.lync.example/a/b/c' }],
    ['with a join URL over http', { joinUrl: 'http://meet.resources.lync.example/a/b/c' }],
    ['with a join URL on another port', { joinUrl: `${meet}:4443/a/b/c` }],
    ['with userinfo in the join URL', { joinUrl: `${meet}@evil-lync.example/a/b/c` }],
    ['with a backslash in the join URL', { joinUrl: 'https://evil-lync.example\\.meet.resources.lync.example/' }],
    ['with a line break in the join URL', { joinUrl: `${meet}/a/b/c\r\nX: 1` }],
    ['with a relative join URL', { joinUrl: '/NOAMmeetings/dm20r02meet1013/YAZEP7G2' }],
    ['with a join URL that runs', { joinUrl: 'javascript:alert(1)' }],
    ['with a join URL that no token can be asked for', { joinUrl: `${meet}/a/b/${'c'.repeat(1_000)}` }],
    ['with a join URL that is no text', { joinUrl: [meet] }],
    ['without a conference URI', { onlineMeetingUri: undefined }],
    ['with a conference URI that is a web address', { onlineMeetingUri: 'https://evil-lync.example/' }],
    ['with a blank in the conference URI', { onlineMeetingUri: 'sip:a@b;gruu ;opaque=app:conf:focus:id:1' }],
    ['with a letter beyond ASCII in the conference URI', { onlineMeetingUri: 'sip:ä@b;gruu' }],
    ['with an empty conference URI', { onlineMeetingUri: 'sip:' }],
    ['without an organizer', { organizerUri: undefined }],
    ['with an organizer that is no SIP URI', { organizerUri: 'DM20R02meet1013@noammeetings.lync.example' }],
    ['with a line break in the organizer', { organizerUri: 'sip:a@b\r\nX: 1' }],
    ['with an endless organizer', { organizerUri: `sip:${'x'.repeat(2_000)}` }],
    ['without a conference id', { conferenceId: undefined, onlineMeetingId: undefined }],
    ['with an empty conference id', { conferenceId: '' }],
    ['with a number for a conference id', { conferenceId: 7 }],
    ['without an end', { expirationTime: undefined }],
    ['with an end in no known form', { expirationTime: 'tomorrow' }],
    ['with an end that is a number', { expirationTime: 1_800_000_000_000 }],
  ])('%s', async (_, fields) => {
    answer(fields);
    await expect(underTest.create()).rejects.toMatchObject(unusable);
    expect(underTest.posts()).toBe(1);
  });

  test.each(['', 'null', '[]', '{}', '"text"', '<html></html>', '{"joinUrl":"https://meet.resources.'])(
    'that reads %j',
    async (body) => {
      underTest.breakIt({ body });
      await expect(underTest.create()).rejects.toMatchObject(unusable);
      expect(underTest.posts()).toBe(1);
    },
  );

  test('of more than 64 KiB', async () => {
    underTest.breakIt({ oversize: true });
    await expect(underTest.create()).rejects.toMatchObject(unusable);
    expect(underTest.posts()).toBe(1);
  });
});

describe('a refusal', () => {
  const rejected = { code: 'platform-refused', reason: 'meeting-rejected' };

  test.each([
    [400, 'ParameterValidationFailure', { ...rejected, message: expect.stringContaining('options') as string }],
    [403, 'ApplicationNotFound', { code: 'platform-refused', reason: 'not-registered-or-consented' }],
    [403, undefined, { code: 'platform-refused', reason: 'not-registered-or-consented' }],
    [409, 'AlreadyExists', { ...rejected, message: expect.stringContaining('options') as string }],
    [413, undefined, rejected],
    [415, undefined, rejected],
    [429, undefined, { code: 'too-many-requests', retryAfterSeconds: 10 }],
  ])('%i with subcode %s is the problem that it means', async (status, subcode, problem) => {
    underTest.breakIt({ status, body: JSON.stringify({ code: 'X', subcode }) });
    await expect(underTest.create()).rejects.toMatchObject(problem);
  });

  test('of a meeting that is one too many says so', async () => {
    underTest.world.platform.meetingLimit = 1;
    await underTest.create();
    const tooMany = { ...rejected, message: expect.stringContaining('too many meetings') as string };
    await expect(underTest.create()).rejects.toMatchObject(tooMany);
    expect(underTest.made()).toHaveLength(1);
  });

  test('of an end that the platform does not take is one of the options', async () => {
    await expect(underTest.create({ expirationTime: new Date('2099-01-01T00:00:00Z') })).rejects.toMatchObject(
      rejected,
    );
  });

  test('shows neither what the meeting is about nor what the platform said', async () => {
    const subject = 'Divorce of Dana B.';
    underTest.breakIt({ status: 400, body: JSON.stringify({ code: 'BadRequest', message: `No: ${subject}` }) });
    const trace = { correlationId: 'c', steps: {} };
    const refused: unknown = await traced(trace, () => underTest.create({ subject })).catch((error: unknown) => error);
    expect(refused).toMatchObject(rejected);
    expect(inspect([refused, trace], { depth: 10, showHidden: true })).not.toContain('Dana');
  });
});
