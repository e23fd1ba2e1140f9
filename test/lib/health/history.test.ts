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
const check = (): Promise<unknown> => app.checkDiscovery(new Date(now + 5 * minute), () => undefined);
/** So that what is minutes apart is of one day, whenever the tests run. */
const lastNoon = (): number => Math.floor((Date.now() - 12 * hour) / day) * day + 12 * hour;
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Round trips to the table while `work` runs. */
async function readsDuring(work: () => Promise<unknown>): Promise<number> {
  const before = proxy.calls.length;
  await work();
  return proxy.calls.length - before;
}

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

it('says that a part is overdue when its checker falls silent', async () => {
  await check();
  now += 12.5 * minute;
  expect((await app.history()).parts.map(({ isOverdue }) => isOverdue)).toEqual([false, false]);
  now += 10_000;
  const { status, parts } = await app.history();
  expect([status, ...parts.map(({ isOverdue }) => isOverdue)]).toEqual(['fail', true, true]);
});

it('shows what the settings warrant without a past', async () => {
  app = newApp({ SAMPLE_SERVICE_ENDPOINTS: 'open' });
  await check();
  const { parts } = await app.history();
  expect(parts.at(-1)).toMatchObject({ name: 'callers', isOverdue: false, past: undefined, last: { status: 'warn' } });
  expect(parts.at(-1)?.last?.steps).toHaveLength(1);
});

describe('changes of the verdict', () => {
  const statuses = async () => (await app.history()).changes.map(({ previous, status }) => `${previous} ${status}`);
  const run = async (): Promise<void> => {
    now += 5 * minute;
    await check();
  };

  it('are there from when they are told, once each, with the step that failed, newest first', async () => {
    await run();
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    await run();
    expect(await statuses()).toEqual([]);
    await run();
    const toldAt = new Date(now);
    await run();
    const { changes } = await app.history();
    expect(changes).toMatchObject([{ at: toldAt, previous: 'pass', status: 'fail' }]);
    expect(changes[0]?.checks).toMatchObject([
      { name: 'trusted-application', status: 'fail', failing: 'discover' },
      { name: 'secrets', status: 'pass' },
    ]);
    cloud.simulator.world.faults.clear();
    await run();
    await run();
    expect(await statuses()).toEqual(['fail pass', 'pass fail']);
  });

  it('are there once, and as of then, also when their post has to be made up for', async () => {
    app = newApp({ ALERT_WEBHOOK_URL: 'https://hooks.example/alerts' });
    cloud.simulator.world.faults.set('hooks', { status: 500 });
    cloud.simulator.world.faults.set('platform.discover', { status: 500 });
    await run();
    await run();
    const toldAt = new Date(now);
    await run();
    await run();
    expect(cloud.simulator.world.counts().hooks).toBe(3);
    expect((await app.history()).changes.map(({ at }) => at)).toEqual([toldAt]);
  });

  it('are told by the next run if they cannot be stored, and stored then', async () => {
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

describe('a reading', () => {
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
