import type { Service } from '../../../lib/service.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const minute = 60_000;
let cloud: TestCloud;
let now: number;
let app: Service;
const check = (): Promise<unknown> => app.checkDiscovery(new Date(now + 5 * minute), () => undefined);

beforeAll(async () => {
  cloud = await startTestCloud();
  now = Date.now();
  app = cloud.newApp({ SAMPLE_SERVICE_ENDPOINTS: 'open' }, () => now);
});
afterAll(() => cloud.stop());

test('endpoints that are open to everybody make a warning of a pass, at once and as long as they are', async () => {
  expect((await app.health.report()).checks.map(({ name }) => name)).toEqual(['callers']);
  await check();
  const report = await app.health.report();
  expect(report).toMatchObject({ status: 'warn', checkedAt: new Date(now) });
  expect(report.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'trusted-application pass',
    'secrets pass',
    'callers warn',
  ]);
  expect(await app.health.status()).toMatchObject({ status: 'warn' });
  // Another process, in which they are not.
  for (const mode of ['off', 'keyed']) {
    const other = cloud.newApp({ SAMPLE_SERVICE_ENDPOINTS: mode }, () => now);
    expect(await other.health.report()).toMatchObject({ status: 'pass', checks: { length: 2 } });
  }
});

test('a failure is no less one for them', async () => {
  cloud.simulator.world.faults.set('platform.discover', { status: 500 });
  now += 5 * minute;
  await check();
  expect(await app.health.report()).toMatchObject({ status: 'fail' });
});

test('nobody is told of a change because of them', async () => {
  await cloud.simulator.world.reset();
  const told: unknown[] = [];
  for (let run = 0; run < 3; run += 1) {
    now += 5 * minute;
    const verdict = await app.checkDiscovery(new Date(now + 5 * minute), (change) => told.push(change));
    expect(verdict).toBe('pass');
  }
  expect(told).toEqual([]);
});
