import type { HealthStep } from '../../../../lib/platforms/platform.ts';
import type { Fault } from '../../../../local/simulator/faults.ts';
import type { Operation } from '../../../../local/simulator/operations.ts';
import { guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const check = (changes?: Record<string, string>) => adapter.newPlatform(changes).check(AbortSignal.timeout(10_000));
const outcomes = (steps: readonly HealthStep[]) => steps.map(({ name, outcome }) => `${name}: ${outcome}`);
const litware = ['litware.example/root: pass', 'litware.example/user: pass', 'litware.example/challenge: pass'];

test('of healthy servers every step passes, of each SIP domain, with its latency', async () => {
  const steps = await check();
  expect(outcomes(steps)).toEqual([
    'contoso.example/root: pass',
    'contoso.example/user: pass',
    'contoso.example/challenge: pass',
    ...litware,
  ]);
  for (const { latencyMs, action } of steps) {
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(action).toBeUndefined();
  }
});

test('it takes no credentials and no meeting', async () => {
  await check();
  expect(adapter.world.counts()).toMatchObject({ 'ucwa.root': 2, 'ucwa.user': 2 });
  expect(adapter.world.calls).toHaveLength(4);
  expect(adapter.world.calls.filter(({ authorized, secrets }) => authorized || secrets)).toEqual([]);
});

test('two meeting hosts of one SIP domain are checked once', async () => {
  const both = { UCWA_MEETING_HOSTS: 'meet.contoso.example=contoso.example,join.contoso.example=contoso.example' };
  expect(outcomes(await check(both))).toHaveLength(3);
});

test.each<[Operation, Fault, string[]]>([
  ['ucwa.root', { status: 404 }, ['root: fail']],
  ['ucwa.root', { malformed: true }, ['root: fail']],
  ['ucwa.user', { status: 503 }, ['root: pass', 'user: fail']],
  ['ucwa.user', { cut: 'before-answer' }, ['root: pass', 'user: fail']],
  ['ucwa.user', { status: 404 }, ['root: pass', 'user: pass', 'challenge: fail']],
])('with %s broken (%j) the check ends there, and says what to do', async (operation, fault, expected) => {
  adapter.world.faults.set(operation, fault);
  const steps = await check();
  const domains = ['contoso.example', 'litware.example'];
  expect(outcomes(steps)).toEqual(domains.flatMap((domain) => expected.map((step) => `${domain}/${step}`)));
  expect(steps.at(-1)?.action).toMatch(/^[A-Z].+\.$/);
});

test('what one deployment lacks says nothing about the other', async () => {
  adapter.behave({ externalRoot: 'not-found' });
  expect(outcomes(await check())).toEqual(['contoso.example/root: fail', ...litware]);
});

test('anonymous join that is switched off fails the last step, and says whom to ask', async () => {
  adapter.behave({ grants: ['urn:microsoft.rtc:windows', 'password'] });
  const steps = await check();
  expect(outcomes(steps)[2]).toBe('contoso.example/challenge: fail');
  expect(steps[2]?.action).toContain('allow anonymous join');
});

test('a blocked redirect says how to look at it', async () => {
  adapter.behave({ redirect: 'foreign' });
  const [step] = await check();
  expect(step).toMatchObject({ name: 'contoso.example/root', outcome: 'fail' });
  expect(step?.action).toContain('npm run ucwa');
  expect(step?.action).not.toContain('evil');
});

test('a check that runs out of time says at which step', async () => {
  adapter.world.faults.set('ucwa.user', { never: true });
  const steps = await adapter.newPlatform().check(AbortSignal.timeout(500));
  expect(outcomes(steps)).toContain('contoso.example/root: pass');
  expect(outcomes(steps)).toContain('contoso.example/user: fail');
});

test('a request is made once, so that trouble is seen and not retried away', async () => {
  adapter.world.faults.set('ucwa.user', { status: 503, times: 2 });
  expect(outcomes(await check()).filter((outcome) => outcome.endsWith('fail'))).toHaveLength(2);
  expect(adapter.world.counts()['ucwa.user']).toBe(2);
});

test('the check goes past what requests have cached', async () => {
  const platform = adapter.newPlatform();
  await platform.issue(guestOf(), requestSignal());
  adapter.behave({ externalRoot: 'not-found' });
  expect(outcomes(await platform.check(AbortSignal.timeout(10_000)))).toContain('contoso.example/root: fail');
  await expect(platform.issue(guestOf(), requestSignal())).resolves.toHaveProperty('token');
});

test('the check goes past the breaker: it sees that the servers are back before anybody else does', async () => {
  const platform = adapter.newPlatform();
  adapter.world.faults.set('ucwa.root', { cut: 'before-answer' });
  for (let count = 0; count < 3; count++) await expect(platform.issue(guestOf(), requestSignal())).rejects.toThrow();
  adapter.world.faults.clear();
  expect(outcomes(await platform.check(AbortSignal.timeout(10_000)))).toContain('contoso.example/challenge: pass');
  await expect(platform.issue(guestOf(), requestSignal())).rejects.toMatchObject({ code: 'platform-unavailable' });
});

describe('with an account', () => {
  const account = { UCWA_CHECK_ACCOUNT: 'johndoe@contoso.example', UCWA_CHECK_SECRET_NAME: 'check-password' };
  const signedIn = async () => outcomes(await check(account)).filter((step) => step.includes('sign-in'));
  beforeEach(() => {
    adapter.behave({ accounts: { 'johndoe@contoso.example': 'A3ddj3w' } });
    adapter.world.secrets.set('check-password', 'A3ddj3w');
  });

  test('its domain is checked up to the applications link, the other one up to the challenge', async () => {
    expect(await signedIn()).toEqual(['contoso.example/sign-in: pass']);
    expect(adapter.world.onPremises.issued.map(({ deployment }) => deployment)).toContain('contoso.example');
  });

  test('a wrong or missing password fails that step only', async () => {
    adapter.world.secrets.set('check-password', 'wrong');
    expect(await signedIn()).toEqual(['contoso.example/sign-in: fail']);
    adapter.world.secrets.remove('check-password');
    expect(await signedIn()).toEqual(['contoso.example/sign-in: fail']);
  });
});
