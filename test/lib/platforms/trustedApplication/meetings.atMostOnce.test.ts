import type { Fault } from '../../../../local/simulator/faults.ts';
import { aDiscovery, startMeetingsUnderTest, unusable, type MeetingsUnderTest } from './meetingsUnderTest.ts';

let underTest: MeetingsUnderTest;

beforeAll(async () => {
  underTest = await startMeetingsUnderTest();
});
beforeEach(() => underTest.reset());
afterAll(() => underTest.stop());

const permission = expect.stringContaining('"Create on-demand Skype meetings"') as string;
const notGranted = { code: 'capability-missing', message: permission };

describe('a request is sent again', () => {
  test('after 401, with a new token, and makes one meeting', async () => {
    await underTest.create();
    underTest.world.entra.revokeIssuedTokens();
    await underTest.create();
    expect(underTest.platform.platformCalls().slice(-2)).toMatchObject([{ status: 401 }, { status: 200 }]);
    expect(underTest.made()).toHaveLength(2);
  });

  test('after 401 once', async () => {
    underTest.breakIt({ status: 401 });
    await expect(underTest.create()).rejects.toMatchObject({
      code: 'platform-refused',
      reason: 'credentials-rejected',
    });
    expect(underTest.posts()).toBe(2);
  });

  test('after 429, and makes one meeting', async () => {
    underTest.breakIt({ status: 429, times: 2 });
    await expect(underTest.create({ subject: 'Advice' })).resolves.toHaveProperty('meetingUrl');
    expect(underTest.posts()).toBe(3);
    expect(underTest.made()).toHaveLength(1);
  });

  test('after 429 as long as it asks for a short pause', async () => {
    underTest.breakIt({ status: 429, headers: { 'Retry-After': '30' } });
    await expect(underTest.create()).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 30 });
    expect(underTest.posts()).toBe(1);
  });

  test('to the home pool after 307, with its body and the token, and makes one meeting', async () => {
    underTest.world.platform.redirect = 'pool';
    const { meetingUrl } = await underTest.create({ subject: 'Advice' });
    expect(underTest.made()).toMatchObject([{ subject: 'Advice', joinUrl: meetingUrl }]);
    expect(underTest.platform.platformCalls().slice(-2)).toMatchObject([
      { host: 'ring0.resources.lync.example', status: 307 },
      { host: 'webpool01.infra.lync.example', status: 200, authorized: true },
    ]);
  });

  test.each([
    ['foreign', 1],
    ['http', 1],
    ['loop', 2],
  ] as const)('nowhere after a redirect of the kind "%s"', async (redirect, requests) => {
    underTest.world.platform.redirect = redirect;
    await expect(underTest.create()).rejects.toMatchObject(unusable);
    expect(underTest.posts()).toBe(requests);
    expect(underTest.platform.platformCalls().map(({ host }) => host)).not.toContain('evil-lync.example');
    expect(underTest.made()).toEqual([]);
  });
});

describe('a request is never sent again', () => {
  test.each<[string, Fault, object]>([
    ['after 500', { status: 500 }, { code: 'platform-unavailable' }],
    ['after 502', { status: 502 }, { code: 'platform-unavailable' }],
    ['after 503', { status: 503 }, { code: 'platform-unavailable', retryAfterSeconds: 5 }],
    [
      'after 503 with a pause',
      { status: 503, headers: { 'Retry-After': '1' } },
      { code: 'platform-unavailable', retryAfterSeconds: 1 },
    ],
    ['after 504', { status: 504 }, { code: 'platform-timeout' }],
    ['after 408', { status: 408 }, { code: 'platform-timeout' }],
    ['after 400', { status: 400 }, { code: 'platform-refused' }],
    ['after 403', { status: 403 }, { code: 'platform-refused' }],
    ['after 404', { status: 404 }, { code: 'platform-unavailable' }],
    ['after 409', { status: 409 }, { code: 'platform-refused' }],
    ['after 410', { status: 410 }, { code: 'platform-unavailable' }],
    ['after 301', { status: 301, headers: { Location: 'https://ring0.resources.lync.example/' } }, unusable],
  ])('%s', async (_, fault, problem) => {
    // Half a minute later, so that discovery may be renewed.
    await underTest.create();
    underTest.clock.now += 30_000;
    underTest.breakIt(fault);
    await expect(underTest.create()).rejects.toMatchObject(problem);
    expect(underTest.posts()).toBe(2);
    expect(underTest.made()).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['lost', { cut: 'before-answer' }],
    ['broken off', { cut: 'mid-body' }],
  ])('when its answer is %s: there may be a meeting, and here there is', async (_, fault) => {
    underTest.breakIt(fault);
    await expect(underTest.create()).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(underTest.posts()).toBe(1);
    expect(underTest.made()).toHaveLength(1);
  });

  test.each<[string, Fault, number]>([
    ['is out of order', { status: 503 }, 0],
    ['does not get its answer through', { cut: 'before-answer' }, 1],
  ])('when the home pool that it was sent to %s', async (_, fault, meetings) => {
    underTest.world.platform.redirect = 'pool';
    underTest.breakIt({ ...fault, share: 0.5 });
    await expect(underTest.create()).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(underTest.platform.platformCalls().slice(3)).toMatchObject([
      { host: 'ring0.resources.lync.example', status: 307 },
      { host: 'webpool01.infra.lync.example' },
    ]);
    expect(underTest.made()).toHaveLength(meetings);
  });

  test('when it takes too long', async () => {
    underTest.restart(underTest.platform.impatient(1_000));
    underTest.breakIt({ never: true });
    await expect(underTest.create()).rejects.toMatchObject({ code: 'platform-timeout' });
    expect(underTest.posts()).toBe(1);
  });

  test('when its caller’s time is up', async () => {
    await underTest.create();
    underTest.breakIt({ never: true });
    await expect(underTest.create({}, AbortSignal.timeout(1_000))).rejects.toMatchObject({ code: 'platform-timeout' });
    expect(underTest.posts()).toBe(2);
  });

  test('when the platform is gone', async () => {
    await underTest.create();
    await underTest.world.faults.down('platform', true);
    underTest.sent.length = 0;
    await expect(underTest.create()).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(underTest.sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('an application that has moved', () => {
  beforeEach(async () => {
    await underTest.create();
    underTest.clock.now += 30_000;
    underTest.world.calls.length = 0;
  });

  test('fails one request, which looks up the links for those behind it', async () => {
    underTest.world.platform.applicationId = '2855007785';
    await expect(underTest.create()).rejects.toMatchObject({ code: 'platform-unavailable', retryAfterSeconds: 5 });
    expect(underTest.operations()).toEqual(['meetings', ...aDiscovery]);
    await expect(underTest.create()).resolves.toHaveProperty('meetingUrl');
    expect(underTest.operations().slice(4)).toEqual(['meetings']);
    expect(underTest.made()).toHaveLength(2);
  });

  test.each<[string, Fault]>([
    ['403', { status: 403 }],
    ['404', { status: 404 }],
    ['410', { status: 410 }],
    ['502', { status: 502 }],
    ['a lost connection', { cut: 'before-answer' }],
  ])('may show by %s: the links are looked up again, at most every 30 s', async (_, fault) => {
    underTest.breakIt(fault);
    await expect(underTest.create()).rejects.toHaveProperty('code');
    expect(underTest.discoveries()).toBe(1);
    underTest.clock.now += 29_999;
    await expect(underTest.create()).rejects.toHaveProperty('code');
    expect(underTest.discoveries()).toBe(1);
    underTest.clock.now += 1;
    await expect(underTest.create()).rejects.toHaveProperty('code');
    expect(underTest.discoveries()).toBe(2);
    expect(underTest.posts()).toBe(3);
  });

  test.each([400, 401, 409, 429, 500, 503, 504])('does not show by %i: nothing is looked up', async (status) => {
    underTest.breakIt({ status });
    await expect(underTest.create()).rejects.toHaveProperty('code');
    expect(underTest.discoveries()).toBe(0);
  });

  test('and is not registered any more: the problem says so', async () => {
    underTest.world.platform.registered = false;
    await expect(underTest.create()).rejects.toMatchObject({ reason: 'not-registered-or-consented' });
  });

  test.each<[string, Fault]>([
    ['502', { status: 502 }],
    ['a lost connection', { cut: 'before-answer' }],
  ])('and is refused after %s: the problem says that there may be a meeting', async (_, fault) => {
    underTest.breakIt(fault);
    underTest.world.faults.set('platform.discover', { status: 403 });
    await expect(underTest.create()).rejects.toMatchObject({ code: 'platform-unavailable' });
    expect(underTest.discoveries()).toBe(1);
  });
});

describe('the permission', () => {
  test('that was not granted is named, looked for again at most every 30 s, and found when it was granted', async () => {
    underTest.world.platform.missingLinks = ['adhocMeetings'];
    await expect(underTest.create()).rejects.toMatchObject(notGranted);
    underTest.world.platform.missingLinks = [];
    await expect(underTest.create()).rejects.toMatchObject(notGranted);
    expect(underTest.operations()).toEqual(aDiscovery);
    underTest.clock.now += 30_000;
    await expect(underTest.create()).resolves.toHaveProperty('meetingUrl');
  });

  test('that was withdrawn shows when the platform refuses the next request', async () => {
    await underTest.create();
    underTest.clock.now += 30_000;
    underTest.world.platform.missingLinks = ['adhocMeetings'];
    await expect(underTest.create()).rejects.toMatchObject(notGranted);
    expect(underTest.operations()).toEqual([...aDiscovery, 'meetings', 'meetings', ...aDiscovery]);
  });

  test('counts as not granted while its link leaves the platform', async () => {
    const _links = {
      'service:anonApplicationTokens': { href: '/tokens' },
      'service:adhocMeetings': { href: 'https://evil-lync.example/adhocMeetings' },
    };
    underTest.world.faults.set('platform.application', { body: JSON.stringify({ _links }) });
    await expect(underTest.create()).rejects.toMatchObject(notGranted);
    expect(underTest.platform.platformCalls().map(({ host }) => host)).not.toContain('evil-lync.example');
  });
});
