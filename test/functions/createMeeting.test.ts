import { randomUUID } from 'node:crypto';
import { meetingAnswer } from '../../lib/contract/schemas/meetings.ts';
import { meetingOptionValues } from '../../lib/platforms/platform.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestService, startTestService } from '../support/testService.ts';
import { expectProblem, expectSafeHeaders } from './problemReply.ts';

let cloud: TestCloud;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud);
});
afterAll(async () => {
  await cloud.stop();
});
afterEach(() => {
  cloud.simulator.world.faults.clear();
});

const create = (body: unknown = {}, key = randomUUID() as string): Promise<Reply> =>
  service.call('POST', '/api/v1/meetings', body, { 'Idempotency-Key': key });
const made = () => cloud.simulator.world.platform.meetings;

/** The request is refused for what is wrong at the pointers, and nothing was made or stored for it. */
async function expectRefused(work: () => Promise<Reply>, ...pointers: string[]): Promise<Reply> {
  const before = [await cloud.rows('meetingRequests'), made().length];
  const reply = await work();
  expectProblem(reply, 'invalid-request');
  const errors = reply.json['errors'] as { pointer: string; detail: string }[];
  expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  for (const { detail } of errors) expect(detail).toMatch(/^(?:is|must) /);
  expect([await cloud.rows('meetingRequests'), made().length]).toEqual(before);
  return reply;
}

test('a meeting is created as it was asked for, and guests are given tokens for its URL', async () => {
  const expirationTime = new Date(Date.now() + 3_600_000).toISOString();
  const options = {
    subject: 'Ihr Kredit – Beratung 💶',
    description: 'Zweite Runde',
    accessLevel: 'Invited',
    automaticLeaderAssignment: 'SameEnterprise',
    entryExitAnnouncement: 'Enabled',
    lobbyBypassForPhoneUsers: 'Enabled',
    phoneUserAdmission: 'Disabled',
    attendees: ['sip:jane.doe+1@contoso.example'],
    leaders: ['sip:advisor@contoso.example', 'sip:boss@contoso.example'],
  };
  const reply = await create({ ...options, expirationTime });
  expect(reply.status).toBe(201);
  expectSafeHeaders(reply);
  expect(reply.headers.get('location')).toBeNull();
  const [meeting] = made().slice(-1);
  expect(meeting).toMatchObject(options);
  expect(meetingAnswer.strict().parse(reply.json)).toEqual({
    meetingUrl: meeting?.joinUrl,
    onlineMeetingUri: meeting?.onlineMeetingUri,
    conferenceId: meeting?.conferenceId,
    organizerUri: meeting?.organizerUri,
    expiryTime: expirationTime,
    platform: 'trusted-application',
  });

  const { meetingUrl } = reply.json;
  const token = await service.call('POST', '/api/v1/anonymous-tokens', { meetingUrl });
  expect([token.status, token.json['meetingUrl']]).toEqual([201, meetingUrl]);
  expect((await service.call('POST', '/api/v1/preflight', { meetingUrl })).json).toMatchObject({
    platform: 'trusted-application',
  });
});

test('every option may be left out: then it is a meeting that guests enter directly, for eight hours', async () => {
  const reply = await create();
  expect(reply.status).toBe(201);
  expect(made().at(-1)).toMatchObject({ accessLevel: 'Everyone', attendees: [], leaders: [] });
  const lifeMs = Date.parse(String(reply.json['expiryTime'])) - Date.now();
  expect(Math.abs(lifeMs - 8 * 3_600_000)).toBeLessThan(30_000);
});

test('a time may come in any zone, and is the same request as the same time in another', async () => {
  const key = randomUUID();
  const at = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000);
  const inIndia = new Date(at.getTime() + 5.5 * 3_600_000).toISOString().replace('.000Z', '+05:30');
  const first = await create({ expirationTime: at.toISOString() }, key);
  expect((await create({ expirationTime: inIndia }, key)).json).toEqual(first.json);
  expect(first.json['expiryTime']).toBe(at.toISOString());
});

test('sent again it is answered the same, with another body refused, and while it is under way told to wait', async () => {
  const key = 'order-4711/first-attempt!';
  const first = await create({ subject: 'Loan' }, key);
  const again = await create({ subject: 'Loan' }, key);
  expect([again.status, again.json]).toEqual([201, first.json]);
  expectProblem(await create({ subject: 'Lease' }, key), 'idempotency-key-reused');
  expect((await create({ subject: 'Loan' }, `${key}x`)).json['meetingUrl']).not.toBe(first.json['meetingUrl']);

  const late = randomUUID();
  cloud.simulator.world.faults.set('platform.meetings', { status: 504, times: 1 });
  expectProblem(await create({}, late), 'platform-timeout');
  const waiting = await create({}, late);
  expectProblem(waiting, 'request-in-progress');
  expect(waiting.headers.get('retry-after')).toBe('5');
});

describe('the Idempotency-Key', () => {
  test('is needed', async () => {
    const reply = await expectRefused(() => service.call('POST', '/api/v1/meetings', {}), '/Idempotency-Key');
    expect(reply.json['errors']).toMatchObject([{ detail: 'is missing' }]);
  });

  test.each([
    ['19 characters', 'k'.repeat(19)],
    ['101 characters', 'k'.repeat(101)],
    ['a blank', `${'k'.repeat(20)} ${'k'.repeat(20)}`],
    ['a tab', `${'k'.repeat(20)}\t${'k'.repeat(20)}`],
    ['an umlaut', `${'k'.repeat(20)}ü`],
    ['nothing', ''],
  ])('may not have %s, and is not repeated', async (_, key) => {
    const reply = await expectRefused(() => create({}, key), '/Idempotency-Key');
    if (key.length > 0) expect(reply.text).not.toContain(key);
  });

  test('may not be sent twice', async () => {
    const headers = new Headers([
      ['Idempotency-Key', 'k'.repeat(20)],
      ['Idempotency-Key', 'l'.repeat(20)],
    ]);
    await expectRefused(
      () => service.call('POST', '/api/v1/meetings', {}, Object.fromEntries(headers)),
      '/Idempotency-Key',
    );
  });

  test.each(['k'.repeat(20), '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', '~'.repeat(100), randomUUID()])(
    'may be %s',
    async (key) => {
      const first = await create({}, key);
      expect(first.status).toBe(201);
      expect((await create({}, key)).json).toEqual(first.json);
    },
  );
});

describe('an option', () => {
  const enums = Object.entries(meetingOptionValues).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, value]),
  );

  test.each(enums)('%s may be %s', async (name, value) => {
    expect((await create({ [name]: value })).status).toBe(201);
    expect(made().at(-1)).toMatchObject({ [name]: value });
  });

  test.each(Object.keys(meetingOptionValues))('%s may be nothing else', async (name) => {
    for (const value of ['everyone', '', 'Other', 7, true, ['Everyone'], null]) {
      const reply = await expectRefused(() => create({ [name]: value }), `/${name}`);
      expect(JSON.stringify(reply.json['errors'])).toContain('must be one of: ');
    }
  });

  test.each<[string, object, string[]]>([
    ['a subject of 251 characters', { subject: 's'.repeat(251) }, ['/subject']],
    ['a subject that is no text', { subject: 7 }, ['/subject']],
    ['a description of 1,001 characters', { description: 'd'.repeat(1_001) }, ['/description']],
    ['an attendee without sip:', { attendees: ['jane@contoso.example'] }, ['/attendees/0']],
    ['an attendee with a header', { attendees: ['sip:a@contoso.example', 'sip:a@b;x=1'] }, ['/attendees/1']],
    ['a leader who is a number', { leaders: [7] }, ['/leaders/0']],
    ['101 leaders', { leaders: Array(101).fill('sip:a@contoso.example') }, ['/leaders']],
    ['a time without its zone', { expirationTime: '2027-01-01T00:00:00' }, ['/expirationTime']],
    ['a day that is not there', { expirationTime: '2027-02-30T00:00:00Z' }, ['/expirationTime']],
    ['milliseconds since 1970', { expirationTime: 1_800_000_000_000 }, ['/expirationTime']],
    ['the past', { expirationTime: '2020-01-01T00:00:00Z' }, ['/expirationTime']],
    ['the year 0', { expirationTime: '0000-01-01T00:00:00+23:59' }, ['/expirationTime']],
    ['the end of time', { expirationTime: '9999-12-31T23:59:59-23:59' }, ['/expirationTime']],
    ['a field that nobody knows', { joinUrl: 'x' }, ['/joinUrl']],
    [
      'several mistakes',
      { subject: 7, accessLevel: 'x', leaders: 'sip:a@b' },
      ['/subject', '/accessLevel', '/leaders'],
    ],
  ])('that is %s is refused', async (_, body, pointers) => {
    await expectRefused(() => create(body), ...pointers);
  });

  test('may be as long as it gets', async () => {
    const reply = await create({ subject: 's'.repeat(250), description: 'd'.repeat(1_000) });
    expect(reply.status).toBe(201);
  });
});

test('a meeting whose URL no token could be asked for is not handed out', async () => {
  cloud.simulator.world.faults.set('platform.meetings', {
    status: 200,
    body: JSON.stringify({
      joinUrl: 'https://meet.evil.example/a/b/c',
      onlineMeetingUri: 'sip:a@lync.example;gruu;opaque=app:conf:focus:id:ABC',
      organizerUri: 'sip:a@lync.example',
      conferenceId: 'ABC',
      expirationTime: '2027-01-01T00:00:00Z',
    }),
    contentType: 'application/json',
  });
  const reply = await create();
  expectProblem(reply, 'platform-refused');
  expect(reply.json['reason']).toBe('answer-unusable');
  expect(reply.text).not.toContain('evil');
});

test('its log line names the platform, and nothing of what was asked or made', async () => {
  const key = randomUUID();
  const before = service.log.length;
  const { json } = await create({ subject: 'Jane Doe’s loan', leaders: ['sip:advisor@contoso.example'] }, key);
  const lines = service.log.slice(before);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]?.message ?? '')).toMatchObject({
    endpoint: 'CreateMeeting',
    status: 201,
    platform: 'trusted-application',
  });
  const logged = JSON.stringify(service.log.slice(before));
  for (const secret of [
    key,
    'Jane Doe',
    'advisor@contoso',
    ...Object.values(json).filter((v) => v !== 'trusted-application'),
  ]) {
    expect(logged).not.toContain(String(secret));
  }
});
