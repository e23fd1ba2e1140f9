import type { Service } from '../../../lib/service.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
let cloud: TestCloud;
let proxy: TableProxy;
let now: number;
let app: Service;

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await startTableProxy(cloud.tablesConnectionString);
});
beforeEach(async () => {
  now = lastNoon();
  const client = cloud.table('discoveryHealth');
  const rows = await cloud.rows('discoveryHealth');
  await Promise.all(rows.map((row) => client.deleteEntity(String(row['partitionKey']), String(row['rowKey']))));
  app = newApp();
});
afterEach(async () => {
  await cloud.simulator.world.reset();
  await proxy.setDown(false);
});
afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

const newApp = (changes: Record<string, string> = {}): Service =>
  cloud.newApp({ TABLES_CONNECTION_STRING: proxy.connectionString, ...changes }, () => now);
/** Checks as the timer does, every five minutes. */
const check = () => app.checkDiscovery(new Date(now + 5 * minute), () => undefined);
/** So that what is minutes apart is of one day, whenever the tests run. */
const lastNoon = (): number => Math.floor((Date.now() - 12 * hour) / day) * day + 12 * hour;
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

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

  it('fails when the next check is overdue', async () => {
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

  it('fails, without an error, while storage cannot be reached, and passes again ten seconds after', async () => {
    await check();
    await proxy.setDown(true);
    expect(await app.health.status()).toEqual({ status: 'fail', checkedAt: undefined });
    await proxy.setDown(false);
    now += 10_000;
    expect(await app.health.status()).toMatchObject({ status: 'pass' });
  });
});

/** Makes a step of the platform's last check slower than it was. */
async function slowDown(name: string, latencyMs: number): Promise<void> {
  const rows = await cloud.rows('discoveryHealth');
  const row = rows.find(
    ({ partitionKey, rowKey }) => partitionKey === 'trusted-application' && /^\d/.test(String(rowKey)),
  );
  const steps = JSON.parse(String(row?.['steps'])) as { name: string }[];
  const slower = JSON.stringify(steps.map((step) => (step.name === name ? { ...step, latencyMs } : step)));
  const keys = { partitionKey: 'trusted-application', rowKey: String(row?.['rowKey']) };
  await cloud.table('discoveryHealth').updateEntity({ ...keys, steps: slower }, 'Merge');
}

describe('the report', () => {
  it('has every part with its steps, and shows a slow step as a warning', async () => {
    await check();
    await slowDown('discover', 2_050);
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

describe('a warning of the settings', () => {
  beforeEach(() => {
    app = newApp({ SAMPLE_SERVICE_ENDPOINTS: 'open' });
  });

  it('turns a pass into a warning at once, and for as long as the endpoints are open to everybody', async () => {
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
    // Another process, in which they are not open.
    for (const mode of ['off', 'keyed']) {
      const other = newApp({ SAMPLE_SERVICE_ENDPOINTS: mode });
      expect(await other.health.report()).toMatchObject({ status: 'pass', checks: { length: 2 } });
    }
  });

  it('leaves a failure what it is', async () => {
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    await check();
    expect(await app.health.report()).toMatchObject({ status: 'fail' });
  });

  it('notifies nobody', async () => {
    const notified: unknown[] = [];
    for (let run = 0; run < 3; run += 1) {
      now += 5 * minute;
      const status = await app.checkDiscovery(new Date(now + 5 * minute), (change) => notified.push(change));
      expect(status).toBe('pass');
    }
    expect(notified).toEqual([]);
  });

  it('is in the history without a past', async () => {
    await check();
    const { parts } = await app.history();
    expect(parts.at(-1)).toMatchObject({
      name: 'callers',
      isOverdue: false,
      past: undefined,
      last: { status: 'warn' },
    });
    expect(parts.at(-1)?.last?.steps).toHaveLength(1);
  });
});

describe('the history', () => {
  it('has nothing to show but the days before the first check', async () => {
    const { status, readAt, since, parts, changes } = await app.history();
    expect({ status, readAt, since, changes }).toEqual({
      status: 'warn',
      readAt: new Date(now),
      since: new Date(now - day),
      changes: [],
    });
    expect(parts.map(({ name, last, isOverdue, past }) => [name, last, isOverdue, past?.steps])).toEqual([
      ['trusted-application', undefined, false, []],
      ['secrets', undefined, false, []],
    ]);
    for (const { past } of parts) {
      expect(past?.days).toHaveLength(30);
      expect(past?.days.at(0)).toEqual({ date: dateOf(now - 29 * day), pass: 0, warn: 0, fail: 0 });
      expect(past?.days.at(-1)?.date).toBe(dateOf(now));
    }
  });

  it('shows every part with its last check, its steps over a day, and its days', async () => {
    now -= 25 * hour;
    await check();
    now += 2 * hour;
    await check();
    now += 23 * hour - 5 * minute;
    cloud.simulator.world.faults.set('platform.applications', { status: 403 });
    await check();
    now += 5 * minute - 10_000;
    const { status, parts } = await app.history();
    expect(status).toBe('fail');
    const [platform, secrets] = parts;
    expect(platform).toMatchObject({ name: 'trusted-application', isOverdue: false, last: { status: 'fail' } });
    expect(platform?.last?.steps.at(-1)).toMatchObject({ name: 'applications', outcome: 'fail' });
    expect(platform?.past?.steps.map(({ name, tries, failed }) => [name, tries, failed])).toEqual([
      ['credentials', 2, 0],
      ['discover', 2, 0],
      ['applications', 2, 1],
      ['application', 1, 0],
      ['capability', 1, 0],
    ]);
    expect(secrets).toMatchObject({ name: 'secrets', last: { status: 'pass' } });

    const counted = platform?.past?.days.filter(({ pass, fail }) => pass + fail > 0) ?? [];
    expect(counted.reduce((sum, { pass }) => sum + pass, 0)).toBe(2);
    expect(counted.at(-1)).toMatchObject({ date: dateOf(now), fail: 1 });
  });

  it('says that a part is overdue when its next check does not come', async () => {
    await check();
    now += 12.5 * minute;
    expect((await app.history()).parts.map(({ isOverdue }) => isOverdue)).toEqual([false, false]);
    now += 10_000;
    const { status, parts } = await app.history();
    expect([status, ...parts.map(({ isOverdue }) => isOverdue)]).toEqual(['fail', true, true]);
  });
});

describe('changes of the status', () => {
  const statuses = async () => (await app.history()).changes.map(({ previous, status }) => `${previous} ${status}`);
  const run = async (): Promise<void> => {
    now += 5 * minute;
    await check();
  };

  it('are in the history from when they are notified, once each, with the step that failed, newest first', async () => {
    await run();
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    await run();
    expect(await statuses()).toEqual([]);
    await run();
    const notifiedAt = new Date(now);
    await run();
    const { changes } = await app.history();
    expect(changes).toMatchObject([{ at: notifiedAt, previous: 'pass', status: 'fail' }]);
    expect(changes[0]?.checks).toMatchObject([
      { name: 'trusted-application', status: 'fail', failing: 'discover' },
      { name: 'secrets', status: 'pass' },
    ]);
    cloud.simulator.world.faults.clear();
    await run();
    await run();
    expect(await statuses()).toEqual(['fail pass', 'pass fail']);
  });

  it('are in the history once, and as of then, also when their post has to be repeated', async () => {
    app = newApp({ ALERT_WEBHOOK_URL: 'https://hooks.example/alerts' });
    cloud.simulator.world.faults.set('hooks', { status: 500 });
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    await run();
    await run();
    const notifiedAt = new Date(now);
    await run();
    await run();
    expect(cloud.simulator.world.counts().hooks).toBe(3);
    expect((await app.history()).changes.map(({ at }) => at)).toEqual([notifiedAt]);
  });

  it('are notified by the next run if they cannot be stored, and stored then', async () => {
    app = newApp({ ALERT_WEBHOOK_URL: 'https://hooks.example/alerts' });
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    await run();
    proxy.break({ kind: 500, when: ({ rowKey }) => rowKey.startsWith('change-') });
    await expect(run()).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(cloud.simulator.world.alerts).toEqual([]);
    proxy.mend();
    await run();
    await run();
    expect(cloud.simulator.world.alerts).toHaveLength(1);
    expect(await statuses()).toEqual(['pass fail']);
  });
});

describe('a reading of the history', () => {
  it('asks for each part three times, however many checks there are, and once for the changes', async () => {
    for (let time = 0; time < 5; time += 1) {
      now += 5 * minute;
      await check();
    }
    expect(await readsDuring(() => app.history())).toBe(2 * 3 + 1);
  });

  it('serves all who ask within ten seconds, however long it takes', async () => {
    await check();
    const release = proxy.holdAnswers();
    const reads = await readsDuring(async () => {
      const asked = Array.from({ length: 50 }, () => app.history());
      release();
      expect(new Set(await Promise.all(asked)).size).toBe(1);
    });
    expect(reads).toBe(7);
    now += 9_999;
    expect(await readsDuring(() => app.history())).toBe(0);
    now += 1;
    expect(await readsDuring(() => app.history())).toBe(7);
  });

  it('that fails is not remembered: whoever asks next finds storage mended', async () => {
    await check();
    await proxy.setDown(true);
    await expect(app.history()).rejects.toMatchObject({ code: 'storage-unavailable' });
    await proxy.setDown(false);
    expect(await app.history()).toMatchObject({ status: 'pass' });
  });
});
