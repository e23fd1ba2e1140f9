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

const check = () => platform.check(AbortSignal.timeout(10_000));
const outcomes = (steps: readonly HealthStep[]) => steps.map(({ name, outcome }) => `${name}: ${outcome}`);

test('a healthy platform passes every step, each with its latency', async () => {
  const steps = await check();
  expect(outcomes(steps)).toEqual([
    'credentials: pass',
    'discover: pass',
    'applications: pass',
    'application: pass',
    'capability: pass',
  ]);
  for (const { latencyMs, action } of steps) {
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(action).toBeUndefined();
  }
});

test('the latency of a step is that of its request', async () => {
  underTest.world.faults.set('platform.applications', { delayMs: 200 });
  const latencies = Object.fromEntries((await check()).map(({ name, latencyMs }) => [name, latencyMs]));
  expect(latencies['applications']).toBeGreaterThanOrEqual(195);
});

test.each<[Operation, Fault, string[]]>([
  ['entra.token', { status: 400 }, ['credentials: fail']],
  ['platform.discover', { status: 503 }, ['credentials: pass', 'discover: fail']],
  ['platform.discover', { malformed: true }, ['credentials: pass', 'discover: fail']],
  ['platform.applications', { status: 403 }, ['credentials: pass', 'discover: pass', 'applications: fail']],
  [
    'platform.application',
    { cut: 'mid-body' },
    ['credentials: pass', 'discover: pass', 'applications: pass', 'application: fail'],
  ],
])('with %s broken (%j) the check ends there, and says what to do', async (operation, fault, expected) => {
  underTest.world.faults.set(operation, fault);
  const steps = await check();
  expect(outcomes(steps)).toEqual(expected);
  expect(steps.at(-1)?.action).toMatch(/^[A-Z].+\.$/);
});

test('a missing capability fails the last step', async () => {
  underTest.world.platform.missingLinks = ['anonApplicationTokens'];
  const steps = await check();
  expect(outcomes(steps).slice(-2)).toEqual(['application: pass', 'capability: fail']);
  expect(steps.at(-1)?.action).toContain('grant');
});

test('a check that runs out of time says at which step', async () => {
  underTest.world.faults.set('platform.discover', { never: true });
  const steps = await platform.check(AbortSignal.timeout(300));
  expect(outcomes(steps)).toEqual(['credentials: pass', 'discover: fail']);
});

test('a request is made once, so that trouble is seen and not retried away', async () => {
  underTest.world.faults.set('platform.discover', { status: 503, times: 1 });
  expect(outcomes(await check()).at(-1)).toBe('discover: fail');
  expect(underTest.world.counts()['platform.discover']).toBe(1);
});

test('a check goes past what requests remember: secret, access token and links', async () => {
  await platform.issue(guest, requestSignal());
  underTest.world.calls.length = 0;
  await check();
  expect(underTest.world.counts()).toMatchObject({
    'vault.secret': 1,
    'entra.token': 1,
    'platform.discover': 1,
    'platform.applications': 1,
    'platform.application': 1,
  });
  underTest.world.entra.acceptedSecrets = [];
  expect(outcomes(await check())).toEqual(['credentials: fail']);
  await expect(platform.issue(guest, requestSignal())).resolves.toHaveProperty('token');
});

test('a check goes past the breaker: it sees that the platform is back before anybody else does', async () => {
  underTest.world.faults.set('platform.discover', { status: 503 });
  for (let count = 0; count < 3; count++) await expect(platform.issue(guest, requestSignal())).rejects.toThrow();
  underTest.world.faults.clear();
  expect(outcomes(await check())).toContain('capability: pass');
  await expect(platform.issue(guest, requestSignal())).rejects.toMatchObject({ code: 'platform-unavailable' });
});
