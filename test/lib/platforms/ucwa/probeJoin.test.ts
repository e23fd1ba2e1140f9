import type { Transport } from '../../../../lib/net/transport.ts';
import type { HealthStep } from '../../../../lib/platforms/platform.ts';
import { Ucwa } from '../../../../lib/platforms/ucwa/ucwa.ts';
import type { Fault } from '../../../../local/simulator/faults.ts';
import type { Operation } from '../../../../local/simulator/operations.ts';
import { contoso, guestOf, requestSignal, startAdapter, type AdapterUnderTest } from './adapterUnderTest.ts';

let adapter: AdapterUnderTest;
beforeAll(async () => {
  adapter = await startAdapter();
});
beforeEach(() => adapter.reset());
afterAll(() => adapter.stop());

const probeJoin = async (guest = guestOf(), signal = AbortSignal.timeout(10_000)) =>
  (await adapter.newPlatform().probeJoin?.(guest, signal)) ?? [];
const outcomes = (steps: readonly HealthStep[]) => steps.map(({ name, outcome }) => `${name}: ${outcome}`);
const before = (count: number) => ['meeting: pass', 'discovery: pass', 'token: pass'].slice(0, count);
const createAndEndApplication = ['application: pass', 'leave: pass'];
const withTicket = () => adapter.sent.filter(({ headers }) => headers?.['authorization']?.startsWith('Bearer cwt='));

test.each(['contoso', 'litware'])('healthy servers of %s let the guest enter and leave', async (organisation) => {
  const steps = await probeJoin(guestOf(`https://meet.${organisation}.example/danab/PYC58WSY`));
  expect(outcomes(steps)).toEqual([...before(3), ...createAndEndApplication]);
  for (const { latencyMs, action } of steps) {
    expect(latencyMs).toBeGreaterThanOrEqual(0);
    expect(action).toBeUndefined();
  }
  expect(adapter.world.guests.count).toBe(0);
  expect(adapter.world.meetings.all).toEqual([]);
});

test('the guest asks as an app would, and names an endpoint of its own', async () => {
  await probeJoin();
  const ownCalls = adapter.sent.filter(
    ({ url }) => url.pathname.startsWith('/ucwa/') && url.hostname.startsWith('lyncweb'),
  );
  expect(ownCalls.map(({ method, headers }) => [method, headers?.['authorization'] !== undefined])).toEqual([
    ['POST', true],
    ['DELETE', true],
  ]);
  expect(JSON.parse(ownCalls[0]?.body ?? '')).toMatchObject({ endpointId: guestOf().applicationSessionId });
  expect(ownCalls[0]?.url.href).toBe(contoso.applications);
});

test('tickets go to the origin that issued them, and to no other', async () => {
  adapter.behave({ applicationsOn: 'other-pool' });
  expect(outcomes(await probeJoin())).toEqual([...before(3), ...createAndEndApplication]);
  for (const { url, headers } of withTicket()) {
    const { host } =
      adapter.world.onPremises.issued.find(({ token }) => `Bearer ${token}` === headers?.['authorization']) ?? {};
    expect(url.host).toBe(host);
  }
  expect(withTicket().map(({ url }) => url.origin)).toContain(contoso.pool2);
});

test('where no ticket can be had for the applications’ own host, none is sent there', async () => {
  adapter.behave({ applicationsOn: 'other-pool', applicationsChallenge: 'none' });
  expect(outcomes(await probeJoin())).toEqual([...before(2), 'token: fail']);
  expect(withTicket().filter(({ url }) => url.origin === contoso.pool2)).toEqual([]);
});

test.each<[Operation, Fault, string[]]>([
  ['ucwa.root', { status: 404 }, [...before(1), 'discovery: fail']],
  ['ucwa.user', { status: 503 }, [...before(1), 'discovery: fail']],
  ['ucwa.applications', { status: 401, body: '' }, [...before(3), 'application: fail']],
  ['ucwa.applications', { status: 403, body: '' }, [...before(3), 'application: fail']],
  ['ucwa.applications', { status: 503 }, [...before(3), 'application: fail']],
  ['ucwa.applications', { cut: 'mid-body' }, [...before(3), 'application: fail']],
])('with %s broken (%j) it ends there, and says what to do', async (operation, fault, expected) => {
  adapter.world.faults.set(operation, fault);
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual(expected);
  expect(steps.at(-1)?.action).toMatch(/^[A-Z].+\.$/);
  expect(adapter.world.counts()['ucwa.application']).toBe(0);
});

test('a meeting that the servers do not know, or that none can be derived from, fails', async () => {
  expect(outcomes(await probeJoin(guestOf('https://meet.contoso.example/john/NOSUCHID')))).toEqual([
    ...before(1),
    'discovery: fail',
  ]);
  expect(outcomes(await probeJoin(guestOf('https://meet.contoso.example/')))).toEqual(['meeting: fail']);
});

test('an application in which a guest could not join fails, and is ended all the same', async () => {
  adapter.world.faults.set('ucwa.applications', { body: '{"_embedded":[]}' });
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual([...before(3), 'application: fail', 'leave: pass']);
  expect(adapter.world.guests.count).toBe(0);
});

test('a guest that cannot leave is a warning: it could have joined', async () => {
  adapter.world.faults.set('ucwa.application', { status: 500 });
  const steps = await probeJoin();
  expect(outcomes(steps)).toEqual([...before(3), 'application: pass', 'leave: warn']);
  expect(steps.at(-1)?.action).toMatch(/^[A-Z].+\.$/);
});

describe('when time is up just after the application was made', () => {
  const probeUntilThen = async () => {
    const time = new AbortController();
    const transport: Transport = async (request, signal) => {
      const answer = await adapter.transport(request, signal);
      if (request.method === 'POST' && request.url.href === contoso.applications) time.abort();
      return answer;
    };
    const readSecret = () => Promise.reject(new Error('no secret is needed'));
    const platform = new Ucwa(adapter.settings(), {
      development: true,
      readSecret,
      transport,
      now: Date.now,
    });
    return platform.probeJoin(guestOf(), time.signal);
  };

  test('it is ended all the same', async () => {
    expect(outcomes(await probeUntilThen())).toEqual([...before(3), ...createAndEndApplication]);
    expect(adapter.world.guests.count).toBe(0);
  });

  test('an end that hangs does not outlast the check', async () => {
    adapter.world.faults.set('ucwa.application', { never: true });
    const leave = (await probeUntilThen()).at(-1);
    expect(leave).toMatchObject({ name: 'leave', outcome: 'warn' });
    expect(leave?.latencyMs).toBeLessThan(1_000);
  });
});

test('one that runs out of time says at which step', async () => {
  adapter.world.faults.set('ucwa.user', { never: true });
  expect(outcomes(await probeJoin(guestOf(), AbortSignal.timeout(500)))).toEqual([...before(1), 'discovery: fail']);
});

test('a request is made once, so that trouble is seen and not retried away', async () => {
  const body = JSON.stringify({ error: 'server_error' });
  adapter.world.faults.set('ucwa.token', { status: 500, contentType: 'application/json', body, times: 1 });
  expect(outcomes(await probeJoin()).at(-1)).toBe('discovery: fail');
  expect(adapter.world.counts()['ucwa.token']).toBe(1);
  adapter.world.faults.set('ucwa.applications', { status: 503, times: 1 });
  expect(outcomes(await probeJoin()).at(-1)).toBe('application: fail');
});

test('it goes past what requests remember', async () => {
  const platform = adapter.newPlatform();
  await platform.issue(guestOf(), requestSignal());
  adapter.behave({ externalRoot: 'not-found' });
  expect(outcomes((await platform.probeJoin?.(guestOf(), requestSignal())) ?? []).at(-1)).toBe('discovery: fail');
  await expect(platform.issue(guestOf(), requestSignal())).resolves.toHaveProperty('token');
});

test('no step has a secret in it', async () => {
  adapter.world.faults.set('ucwa.application', { status: 403 });
  const text = JSON.stringify(await probeJoin());
  const tokens = adapter.world.onPremises.issued.map(({ token }) => token);
  expect(tokens).not.toEqual([]);
  for (const secret of [...tokens, '5LB7MRBC', guestOf().applicationSessionId, 'contoso']) {
    expect(text).not.toContain(secret);
  }
});
