import type { MeetingPlatform } from '../../../../lib/platforms/platform.ts';
import { guest, requestSignal, startPlatformUnderTest, type PlatformUnderTest } from './platformUnderTest.ts';

let underTest: PlatformUnderTest;
let platform: MeetingPlatform;

beforeAll(async () => {
  underTest = await startPlatformUnderTest();
});
beforeEach(async () => {
  await underTest.world.reset();
  underTest.clock.aheadMs = 0;
  platform = underTest.newPlatform();
});
afterAll(() => underTest.stop());

const issue = () => platform.issue(guest, requestSignal());
const discoveries = () => underTest.world.counts()['platform.discover'];

test('it keeps guests by their session id, for tokens of at most eight hours', () => {
  const { name, identity, longestTokenLifeSeconds } = platform;
  expect({ name, identity, longestTokenLifeSeconds }).toEqual({
    name: 'trusted-application',
    identity: 'none',
    longestTokenLifeSeconds: 28_800,
  });
});

test.each([
  ['https://meet.lync.example/contoso/testuser/1SD8D0WZ', true],
  ['https://emea.meet.lync.example/contoso/testuser/1SD8D0WZ', true],
  ['https://meet.resources.lync.example/NOAMmeetings/bl20r02/Z88P1HYS', true],
  ['https://evil-meet.lync.example/contoso/testuser/1SD8D0WZ', false],
  ['https://meet.lync.example.evil-lync.example/contoso/testuser/1SD8D0WZ', false],
  ['https://meet.lync.example:444/contoso/testuser/1SD8D0WZ', false],
  ['https://lync.example/contoso/testuser/1SD8D0WZ', false],
])('whether it accepts %s: %s', (url, accepted) => {
  expect(platform.readLink(new URL(url)) !== undefined).toBe(accepted);
});

test('issue and reissue send the same session id, so that the platform sees the same guest', async () => {
  const first = await issue();
  const second = await platform.reissue(guest, undefined, requestSignal());
  expect([first.identityPreserved, second.identityPreserved]).toEqual([true, true]);
  const { applicationSessionId, meetingUrl } = guest;
  expect(underTest.world.platform.issued).toMatchObject([
    { applicationSessionId, meetingUrl, token: first.token },
    { applicationSessionId, meetingUrl, token: second.token },
  ]);
});

test('fifty first requests share one discovery and one access token', async () => {
  const joins = await Promise.all(Array.from({ length: 50 }, issue));
  expect(joins).toHaveLength(50);
  expect(underTest.world.counts()).toMatchObject({
    'entra.token': 1,
    'platform.discover': 1,
    'platform.applications': 1,
    'platform.application': 1,
    'platform.tokens': 50,
  });
});

describe('a meeting', () => {
  const createMeeting = (signal = requestSignal()) =>
    platform.createMeeting?.({ subject: 'Advice' }, 'request-1', signal);

  test('shares discovery and access token with the tokens, and has a URL that the platform accepts', async () => {
    const [meeting] = await Promise.all([createMeeting(), issue()]);
    expect(platform.readLink(new URL(meeting?.meetingUrl ?? ''))).toBeDefined();
    expect(underTest.world.platform.meetings).toMatchObject([{ subject: 'Advice', joinUrl: meeting?.meetingUrl }]);
    expect(underTest.world.counts()).toMatchObject({
      'entra.token': 1,
      'platform.discover': 1,
      'platform.meetings': 1,
      'platform.tokens': 1,
    });
  });

  test('that fails on the way is a problem, and is not asked for twice', async () => {
    underTest.world.faults.set('platform.meetings', { cut: 'before-answer' });
    await expect(createMeeting()).rejects.toMatchObject({ name: 'Problem', code: 'platform-unavailable' });
    underTest.world.faults.set('platform.meetings', { status: 503 });
    await expect(createMeeting()).rejects.toMatchObject({ name: 'Problem', code: 'platform-unavailable' });
    await expect(createMeeting(AbortSignal.abort())).rejects.toMatchObject({ code: 'platform-timeout' });
    expect(underTest.world.counts()['platform.meetings']).toBe(2);
  });

  test('is not asked for at all once the platform has failed five times in a row', async () => {
    underTest.world.faults.set('platform.meetings', { status: 503 });
    for (let count = 0; count < 6; count++) await expect(createMeeting()).rejects.toHaveProperty('status', 503);
    expect(underTest.world.counts()['platform.meetings']).toBe(5);
  });
});

describe('discovery', () => {
  test.each([
    ['platform.discover', { status: 500 }],
    ['platform.applications', { cut: 'mid-body' }],
    ['platform.application', { malformed: true }],
  ] as const)(
    'that fails at %s leaves nothing half-known: the next request discovers from the start',
    async (at, fault) => {
      underTest.world.faults.set(at, fault);
      await expect(issue()).rejects.toHaveProperty('code');
      underTest.world.faults.clear();
      const before = discoveries();
      await expect(issue()).resolves.toHaveProperty('token');
      expect(discoveries()).toBe(before + 1);
    },
  );

  test('is used for an hour, and while it fails then, the last good one stays in use', async () => {
    await issue();
    underTest.clock.aheadMs = 50 * 60_000;
    await issue();
    expect(discoveries()).toBe(1);
    underTest.world.faults.set('platform.discover', { status: 500 });
    underTest.clock.aheadMs = 61 * 60_000;
    await expect(issue()).resolves.toHaveProperty('token');
    expect(discoveries()).toBe(2);
    await expect(issue()).resolves.toHaveProperty('token');
    expect(discoveries()).toBe(2);

    underTest.world.faults.clear();
    underTest.clock.aheadMs += 30_000;
    await issue();
    await issue();
    expect(discoveries()).toBe(3);
  });

  test('that hangs ends with the time of a call, and not with the request that began it', async () => {
    underTest.world.faults.set('platform.discover', { delayMs: 300, times: 1 });
    const impatient = platform.issue(guest, AbortSignal.timeout(100));
    const patient = issue();
    await expect(impatient).rejects.toMatchObject({ code: 'platform-timeout' });
    await expect(patient).resolves.toHaveProperty('token');
    expect(discoveries()).toBe(1);
  });
});

test.each([
  ['a closed port', () => underTest.world.faults.down('platform', true), { code: 'platform-unavailable' }],
  ['a request that is over', () => Promise.resolve(), { code: 'platform-timeout' }],
])('%s is a problem, never a failure of the transport', async (name, breakIt, problem) => {
  await breakIt();
  const signal = name === 'a closed port' ? requestSignal() : AbortSignal.abort();
  await expect(platform.issue(guest, signal)).rejects.toMatchObject({ name: 'Problem', ...problem });
});

test('an oversize answer is an unusable one', async () => {
  underTest.world.faults.set('platform.tokens', { oversize: true });
  const unusable = { name: 'Problem', code: 'platform-refused', reason: 'answer-unusable' };
  await expect(issue()).rejects.toMatchObject(unusable);
});
