import type { HealthStep, MeetingPlatform } from '../../../../lib/platforms/platform.ts';
import type { Fault } from '../../../../local/simulator/faults.ts';
import type { Operation } from '../../../../local/simulator/operations.ts';
import { guest, requestSignal, startPlatformUnderTest, type PlatformUnderTest } from './platformUnderTest.ts';

let underTest: PlatformUnderTest;
let platform: MeetingPlatform;

beforeAll(async () => {
  underTest = await startPlatformUnderTest();
});
beforeEach(async () => {
  await underTest.world.reset();
  platform = underTest.newPlatform();
});
afterAll(() => underTest.stop());

const probeJoin = async (signal = AbortSignal.timeout(10_000)) => (await platform.probeJoin?.(guest, signal)) ?? [];
const outcomes = (steps: readonly HealthStep[]) => steps.map(({ name, outcome }) => `${name}: ${outcome}`);
/** What was asked as the guest, such as `POST https://host/path`. */
const guestCalls = () => underTest.world.calls.filter(({ operation }) => operation.startsWith('guest.'));
const before = (count: number) => ['discovery: pass', 'token: pass', 'guest-discover: pass'].slice(0, count);

test('a healthy platform lets the guest enter and leave, each step with its latency', async () => {
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual([...before(3), 'application: pass', 'leave: pass']);
  for (const { latencyMs, action } of steps) {
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(action).toBeUndefined();
  }
});

test('the guest asks as an app would: discovery without Authorization, then one application, which it ends', async () => {
  await probeJoin();
  expect(
    guestCalls().map(({ operation, method, authorized, status }) => [operation, method, authorized, status]),
  ).toEqual([
    ['guest.discover', 'GET', false, 200],
    ['guest.applications', 'POST', true, 201],
    ['guest.application', 'DELETE', true, 204],
  ]);
  expect(underTest.world.guests.count).toBe(0);
  expect(underTest.world.meetings.all).toEqual([]);
  expect(underTest.world.platform.issued).toMatchObject([{ applicationSessionId: guest.applicationSessionId }]);
});

test.each<[Operation, Fault, string[]]>([
  ['entra.token', { status: 400 }, ['discovery: fail']],
  ['platform.applications', { status: 503 }, ['discovery: fail']],
  ['platform.tokens', { status: 404 }, [...before(1), 'token: fail']],
  ['guest.discover', { status: 401 }, [...before(2), 'guest-discover: fail']],
  ['guest.discover', { malformed: true }, [...before(2), 'guest-discover: fail']],
  ['guest.discover', { status: 302, headers: { Location: '/elsewhere' } }, [...before(2), 'guest-discover: fail']],
  ['guest.applications', { status: 403 }, [...before(3), 'application: fail']],
  ['guest.applications', { status: 429 }, [...before(3), 'application: fail']],
  ['guest.applications', { status: 503 }, [...before(3), 'application: fail']],
  ['guest.applications', { status: 504 }, [...before(3), 'application: fail']],
  ['guest.applications', { cut: 'before-answer' }, [...before(3), 'application: fail']],
])('with %s broken (%j) it ends there, and says what to do', async (operation, fault, expected) => {
  underTest.world.faults.set(operation, fault);
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual(expected);
  expect(steps.at(-1)?.action).toMatch(/^[A-Z].+\.$/);
  expect(underTest.world.counts()['guest.application']).toBe(0);
});

test('a missing capability fails the token', async () => {
  underTest.world.platform.missingLinks = ['anonApplicationTokens'];
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual([...before(1), 'token: fail']);
  expect(steps.at(-1)?.action).toContain('grant');
});

test('a guest that is turned away for good is a failure, whatever the reason', async () => {
  underTest.world.meetings.behaviour.gone = 'TooManyApplications';
  expect(outcomes(await probeJoin()).at(-1)).toBe('application: fail');
});

test.each<Fault>([{ body: '{}' }, { malformed: true }, { body: '<html></html>', contentType: 'text/html' }])(
  'an application in which a guest could not join (%j) fails, and is ended all the same',
  async (fault) => {
    underTest.world.faults.set('guest.applications', fault);
    const steps = await probeJoin();
    expect(outcomes(steps)).toEqual([...before(3), 'application: fail', 'leave: pass']);
    expect(steps[3]?.action).toContain('join');
    expect(underTest.world.guests.count).toBe(0);
  },
);

test('an application that leads elsewhere by its header is ended by its own link', async () => {
  const headers = { Location: 'https://webpool01.evil.example/ucwa/1' };
  underTest.world.faults.set('guest.applications', { headers });
  expect(outcomes(await probeJoin()).slice(3)).toEqual(['application: pass', 'leave: pass']);
  expect(underTest.world.guests.count).toBe(0);
});

test.each([
  'https://webpool01.evil.example/ucwa/1',
  'https://evil.webpool01.infra.lync.example/ucwa/1',
  'http://webpool01.infra.lync.example/ucwa/1',
  '\\\\evil.example',
])('the token does not follow an application to %s', async (href) => {
  const body = JSON.stringify({ _links: { self: { href } } });
  underTest.world.faults.set('guest.applications', { headers: { Location: href }, body });
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual([...before(3), 'application: fail']);
  expect(guestCalls()).toHaveLength(2);
});

test.each([
  'https://webpool01.evil.example/ucwa',
  'http://webpool01.infra.lync.example/ucwa',
  'https://127.0.0.1/ucwa',
])('the token does not follow a link out of the platform’s hosts: %s', async (href) => {
  const body = JSON.stringify({ _links: { anonApplications: { href } } });
  underTest.world.faults.set('guest.discover', { body });
  expect(outcomes(await probeJoin())).toEqual([...before(2), 'guest-discover: fail']);
  expect(guestCalls()).toHaveLength(1);
  expect(underTest.world.calls.filter(({ operation }) => operation === 'unknown')).toEqual([]);
});

test.each<Fault>([{ status: 500 }, { cut: 'before-answer' }])(
  'a guest that cannot leave (%j) is a warning: it could have joined',
  async (fault) => {
    underTest.world.faults.set('guest.application', fault);
    const steps = await probeJoin();
    expect(outcomes(steps)).toEqual([...before(3), 'application: pass', 'leave: warn']);
    expect(steps.at(-1)?.action).toMatch(/^[A-Z].+\.$/);
  },
);

test('one that runs out of time says at which step', async () => {
  underTest.world.faults.set('guest.applications', { never: true });
  expect(outcomes(await probeJoin(AbortSignal.timeout(500)))).toEqual([...before(3), 'application: fail']);
});

test('a request is made once, so that trouble is seen and not retried away', async () => {
  underTest.world.faults.set('guest.applications', { status: 503, times: 1 });
  expect(outcomes(await probeJoin()).at(-1)).toBe('application: fail');
  expect(underTest.world.counts()['guest.applications']).toBe(1);
  underTest.world.faults.set('platform.tokens', { status: 503, times: 1 });
  expect(outcomes(await probeJoin()).at(-1)).toBe('token: fail');
});

test('it goes past what requests remember: secret, access token and links', async () => {
  await platform.issue(guest, requestSignal());
  underTest.world.calls.length = 0;
  await probeJoin();
  expect(underTest.world.counts()).toMatchObject({
    'vault.secret': 1,
    'entra.token': 1,
    'platform.discover': 1,
    'platform.applications': 1,
    'platform.application': 1,
    'platform.tokens': 1,
  });
});

test('it goes past the breaker, and does not open it', async () => {
  underTest.world.faults.set('platform.discover', { status: 503 });
  for (let count = 0; count < 6; count++) await probeJoin();
  await expect(platform.issue(guest, requestSignal())).rejects.toThrow();
  for (let count = 0; count < 2; count++) await expect(platform.issue(guest, requestSignal())).rejects.toThrow();
  underTest.world.faults.clear();
  expect(outcomes(await probeJoin()).at(-1)).toBe('leave: pass');
  await expect(platform.issue(guest, requestSignal())).rejects.toMatchObject({ code: 'platform-unavailable' });
});

test('no step has a secret in it', async () => {
  underTest.world.faults.set('guest.applications', { body: '{}' });
  const text = JSON.stringify(await probeJoin());
  const [issued] = underTest.world.platform.issued;
  for (const secret of [guest.meetingUrl, guest.applicationSessionId, issued?.token.slice(5) ?? '', 'lync.example']) {
    expect(text).not.toContain(secret);
  }
});
