import type { Service } from '../../../lib/service.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const minute = 60_000;
const noLog = (): void => undefined;
let cloud: TestCloud;
let proxy: TableProxy;
let now: number;
let app: Service;

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await startTableProxy(cloud.tablesConnectionString);
});

beforeEach(async () => {
  now = Date.now();
  await cloud.newApp({}, () => now + 40 * 24 * 60 * minute).purge();
  app = cloud.newApp({ TABLES_CONNECTION_STRING: proxy.connectionString }, () => now);
});

afterEach(async () => {
  await cloud.simulator.world.reset();
  await proxy.setDown(false);
});

afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

const check = (): Promise<unknown> => app.checkDiscovery(new Date(now + 5 * minute), noLog);
/** Round trips to the table while `work` runs. */
async function readsDuring(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.calls.length;
  await work();
  return proxy.calls.length - before;
}

describe('the status', () => {
  it('is a warning for ten minutes before the first check, then a failure', async () => {
    expect(await app.health.status()).toMatchObject({ status: 'warn', checkedAt: undefined });
    now += 10 * minute;
    expect(await app.health.status()).toMatchObject({ status: 'fail', checkedAt: undefined });
  });

  it('is that of the last check, with its time', async () => {
    await check();
    expect(await app.health.status()).toMatchObject({ status: 'pass', checkedAt: new Date(now) });
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    now += 5 * minute;
    await check();
    expect(await app.health.status()).toMatchObject({ status: 'fail', checkedAt: new Date(now) });
  });

  it('fails when the checker falls silent', async () => {
    await check();
    now += 12.5 * minute;
    expect(await app.health.status()).toMatchObject({ status: 'pass' });
    now += 10_000;
    expect(await app.health.status()).toMatchObject({ status: 'fail' });
  });

  it('is read once in ten seconds, however many ask, and however long the reading takes', async () => {
    await check();
    const release = proxy.holdAnswers();
    const once = await readsDuring(async () => {
      const asked = Array.from({ length: 100 }, () => app.health.status());
      release();
      const answers = await Promise.all(asked);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['pass']));
    });
    // One row for the platform, one for the secrets.
    expect(once).toBe(2);
    now += 9_999;
    expect(await readsDuring(() => app.health.status())).toBe(0);
    now += 1;
    expect(await readsDuring(() => app.health.status())).toBe(2);
  });

  it('fails, without an error, while storage cannot be reached, and is well again ten seconds after', async () => {
    await check();
    await proxy.setDown(true);
    expect(await app.health.status()).toEqual({ status: 'fail', checkedAt: undefined });
    await proxy.setDown(false);
    now += 10_000;
    expect(await app.health.status()).toMatchObject({ status: 'pass' });
  });
});

describe('the report', () => {
  it('has every part with its steps, and shows a slow step as a warning', async () => {
    cloud.simulator.world.faults.set('platform.discover', { delayMs: 2_050 });
    await check();
    const report = await app.health.report();
    expect(report).toMatchObject({
      status: 'warn',
      checkedAt: new Date(now),
      checks: [
        { name: 'trusted-application', status: 'warn', nextDueAt: new Date(now + 5 * minute) },
        { name: 'secrets', status: 'pass' },
      ],
    });
    expect(report.checks[0]?.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'credentials pass',
      'discover warn',
      'applications pass',
      'application pass',
      'capability pass',
    ]);
  });

  it('is read anew each time', async () => {
    expect(await readsDuring(() => app.health.report())).toBe(2);
    expect(await readsDuring(() => app.health.report())).toBe(2);
  });

  it('is refused as storage-unavailable while storage cannot be reached', async () => {
    await proxy.setDown(true);
    await expect(app.health.report()).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});
