import { healthChange, subscriptionAnswer, unsubscriptionAnswer } from '../../lib/contract/schemas/health.ts';
import type { Alert } from '../../local/simulator/calls.ts';
import { startTestCloud, type TestCloud } from '../support/testCloud.ts';
import type { Reply } from '../support/reply.ts';
import { type TestService, startTestService } from '../support/testService.ts';
import { expectProblem, expectSafeHeaders } from './problemReply.ts';

const publicBaseUrl = 'https://join.contoso.example';
const path = '/api/v1/health-subscriptions';
let cloud: TestCloud;
let service: TestService;

beforeAll(async () => {
  cloud = await startTestCloud();
  service = startTestService(cloud, { ALERT_WEBHOOK_URL: 'https://hooks.example/alerts' });
});
afterAll(async () => {
  await cloud.stop();
});
afterEach(() => {
  cloud.simulator.world.faults.clear();
});

const subscribe = (callbackUrl: unknown): Promise<Reply> => service.call('POST', path, { callbackUrl });
const unsubscribe = (id: unknown): Promise<Reply> => service.call('DELETE', `${path}/${String(id)}`);
const alertsAt = (alertPath: string): Alert[] =>
  cloud.simulator.world.alerts.filter((alert) => alert.path === alertPath);

/** Lets the timer check as often as it takes to confirm what it finds. */
async function check(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await service.run('checkDiscovery');
}

test('a subscription has a Location on the public base, at which it is ended', async () => {
  const callbackUrl = 'https://hooks.example/workflows/1/triggers?sig=a-secret-signature';
  const reply = await subscribe(callbackUrl);
  expect(reply.status).toBe(201);
  expectSafeHeaders(reply);
  const { subscriptionId } = subscriptionAnswer.strict().parse(reply.json);
  const location = new URL(reply.headers.get('location') ?? '');
  expect(location.href).toBe(`${publicBaseUrl}${path}/${subscriptionId}`);
  const again = await subscribe(callbackUrl);
  expect([again.status, again.json, again.headers.get('location')]).toEqual([201, reply.json, location.href]);

  const ended = await service.call('DELETE', location.pathname);
  expect(ended.status).toBe(200);
  expect(unsubscriptionAnswer.strict().parse(ended.json).subscriptionId).toBe(subscriptionId);
  expectProblem(await service.call('DELETE', location.pathname), 'subscription-not-found');
});

test('a subscriber hears of a change once, in the documented form, beside the administrator’s webhook', async () => {
  await check(1);
  await subscribe('https://hooks.example/team');
  cloud.simulator.world.faults.set('platform.discover', { status: 500 });
  await check(1);
  expect(alertsAt('/team')).toEqual([]);
  // Whoever comes while it fails hears of later changes only.
  await check(1);
  const late = await subscribe('https://hooks.example/late');
  await check(2);
  const [change, ...others] = alertsAt('/team').map(({ body }) => healthChange.strict().parse(body));
  expect(others).toEqual([]);
  expect(change).toMatchObject({ status: 'fail', previous: 'pass', checks: [{ failing: 'discover' }, {}] });
  expect(alertsAt('/alerts').map(({ body }) => body)).toEqual([change]);
  expect(alertsAt('/late')).toEqual([]);

  cloud.simulator.world.faults.clear();
  await check(3);
  expect(alertsAt('/team').map(({ body }) => healthChange.parse(body).status)).toEqual(['fail', 'pass']);
  expect(alertsAt('/late').map(({ body }) => healthChange.parse(body).status)).toEqual(['pass']);
  await unsubscribe(late.json['subscriptionId']);
});

test('a subscription that has ended is not posted to, and one that is gone ends', async () => {
  const ended = await subscribe('https://hooks.example/ended');
  await unsubscribe(ended.json['subscriptionId']);
  const gone = await subscribe('https://hooks.example/gone');
  cloud.simulator.world.faults.set('platform.discover', { status: 500 });
  await check(1);
  cloud.simulator.world.faults.set('hooks', { status: 410 });
  await check(1);
  cloud.simulator.world.faults.clear('hooks');
  expectProblem(await unsubscribe(gone.json['subscriptionId']), 'subscription-not-found');
  cloud.simulator.world.faults.clear();
  await check(2);
  expect([...alertsAt('/ended'), ...alertsAt('/gone')]).toEqual([]);
});

test.each([
  'http://hooks.example/a',
  'https://hooks.example:8443/a',
  'https://169.254.169.254/metadata',
  'https://[::ffff:127.0.0.1]/a',
  'https://user:secret-word@hooks.example/a',
  'https://evil.example/a?x=hooks.example',
  'javascript:alert(1)',
])('%s is refused as a callback URL, and not repeated', async (callbackUrl) => {
  const reply = await subscribe(callbackUrl);
  expectProblem(reply, 'callback-not-allowed');
  expect(reply.text).not.toContain(callbackUrl.slice(8));
});

test('what is no callback URL, or no id, is refused with what is wrong where', async () => {
  for (const [body, pointer] of [
    [{}, '/callbackUrl'],
    [{ callbackUrl: 7 }, '/callbackUrl'],
    [{ callbackUrl: 'https://hooks.example/'.padEnd(2_049, 'a') }, '/callbackUrl'],
    [{ callbackUrl: 'https://hooks.example/a', event: 'all' }, '/event'],
  ] as const) {
    const reply = await service.call('POST', path, body);
    expectProblem(reply, 'invalid-request');
    expect(reply.json['errors']).toMatchObject([{ pointer }]);
  }
  for (const id of ['A'.repeat(42), 'A'.repeat(44), 'https%3A%2F%2Fhooks.example']) {
    const reply = await unsubscribe(id);
    expectProblem(reply, 'invalid-request');
    expect(reply.json['errors']).toEqual([
      { pointer: '/subscriptionId', detail: 'must be the subscriptionId of an earlier answer' },
    ]);
  }
  expectProblem(await unsubscribe('A'.repeat(43)), 'subscription-not-found');
});

test('the callback URL stands in no answer, log line or row', async () => {
  const secret = 'the-signature-of-the-flow';
  const replies = [
    await subscribe(`https://hooks.example/workflows?sig=${secret}`),
    await subscribe(`https://evil.example/workflows?sig=${secret}`),
    await subscribe([`https://hooks.example/workflows?sig=${secret}`]),
    await service.call('DELETE', `${path}/${secret}`),
    await service.call('GET', '/api/v1/health'),
  ];
  cloud.simulator.world.faults.set('hooks', { status: 500 });
  cloud.simulator.world.faults.set('platform.discover', { status: 500 });
  await check(3);
  for (const { text, headers } of replies) expect(text + JSON.stringify([...headers])).not.toContain(secret);
  expect(JSON.stringify(service.log)).not.toMatch(/the-signature|hooks\.example/);
  expect(JSON.stringify(await cloud.rows('healthSubscriptions'))).not.toMatch(/the-signature|hooks\.example/);
});
