import { openTable } from '../../../lib/azure/tables.ts';
import { TypedRows } from '../../../lib/azure/typedRows.ts';
import { checkDiscovery, nextDue } from '../../../lib/health/checkDiscovery.ts';
import { HealthTable } from '../../../lib/health/healthTable.ts';
import type { HealthPart } from '../../../lib/health/parts.ts';
import { subscriptionColumns } from '../../../lib/health/subscriptions.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';
import { readSettings } from '../../../lib/settings.ts';
import { fixedRing } from '../sealing/ringKeys.ts';
import { platformOf } from '../../support/platforms.ts';
import { meetingUrl, startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterEach(async () => {
  await cloud.simulator.world.reset();
  const rows = await cloud.rows('discoveryHealth');
  await Promise.all(
    rows.map((row) => cloud.table('discoveryHealth').deleteEntity(String(row['partitionKey']), String(row['rowKey']))),
  );
});

afterAll(() => cloud.stop());

const noLog = (): void => undefined;
const steps = (row: Record<string, unknown> | undefined) => JSON.parse(String(row?.['steps'])) as HealthStep[];

/** Rows of single checks, newest first, by part. */
async function checksOf(name: string): Promise<Record<string, unknown>[]> {
  const rows = await cloud.rows('discoveryHealth');
  return rows.filter(({ partitionKey, rowKey }) => partitionKey === name && /^\d{13}$/.test(String(rowKey)));
}

const endless: HealthPart['check'] = () => new Promise(() => undefined);
const well: HealthPart['check'] = () => Promise.resolve([{ name: 'discover', outcome: 'pass', latencyMs: 1 }]);

/** The use case over any parts, on the real table, with a short time limit. */
function checkDiscoveryOf(platforms: readonly HealthPart[], timeLimitMs: number) {
  const settings = readSettings(cloud.environment);
  const check = {
    platforms,
    secrets: { name: 'secrets', check: well },
    table: new HealthTable(openTable(settings, 'discoveryHealth')),
    subscriptions: new TypedRows(openTable(settings, 'healthSubscriptions'), subscriptionColumns),
    ring: fixedRing(),
    webhookHosts: [],
    webhookUrl: undefined,
    postToWebhook: () => Promise.resolve('taken' as const),
    timeLimitMs,
  };
  return () => checkDiscovery(check, undefined, noLog);
}

describe('a run', () => {
  it('stores every step of every part with its latency, when it was checked and when it is due next', async () => {
    const before = Date.now();
    const dueAt = new Date(before + 15 * 60_000);
    expect(await cloud.newApp().checkDiscovery(dueAt, noLog)).toBe('pass');

    const [platform, ...olderPlatform] = await checksOf('trusted-application');
    const [secrets, ...olderSecrets] = await checksOf('secrets');
    expect([...olderPlatform, ...olderSecrets]).toEqual([]);
    const passed = (name: string): unknown => ({ name, outcome: 'pass', latencyMs: expect.any(Number) as number });
    expect(steps(platform)).toEqual(
      ['credentials', 'discover', 'applications', 'application', 'capability'].map(passed),
    );
    expect(steps(secrets)).toEqual(['guest-keys', 'trusted-application'].map(passed));
    for (const row of [platform, secrets]) {
      expect(row?.['nextDueAt']).toEqual(dueAt);
      const checkedAt = (row?.['checkedAt'] as Date | undefined)?.getTime();
      expect(checkedAt).toBeGreaterThanOrEqual(before);
      expect(checkedAt).toBeLessThanOrEqual(Date.now());
    }
  });

  it('measures how long a step really took', async () => {
    cloud.simulator.world.faults.set('platform.applications', { delayMs: 200 });
    await cloud.newApp().checkDiscovery(undefined, noLog);
    const latencies = steps((await checksOf('trusted-application'))[0]).map(({ latencyMs }) => latencyMs);
    expect(latencies[2]).toBeGreaterThanOrEqual(190);
    expect(latencies[4]).toBeLessThan(190);
  });

  it('assumes the next one in five minutes where the host does not say, or says a time that has passed', async () => {
    const at = Date.UTC(2026, 10, 21, 12, 0, 0);
    for (const due of [undefined, new Date(at - 1)]) {
      await cloud.newApp({}, () => at).checkDiscovery(due, noLog);
      expect((await checksOf('secrets'))[0]?.['nextDueAt']).toEqual(new Date(at + 5 * 60_000));
    }
  });

  it.each([
    ['the credentials', 'entra.token', ['credentials']],
    ['discovery', 'platform.discover', ['credentials', 'discover']],
    ['the applications', 'platform.applications', ['credentials', 'discover', 'applications']],
    ['the application', 'platform.application', ['credentials', 'discover', 'applications', 'application']],
  ] as const)('says that %s failed, and what to do, and leaves out the later steps', async (_, operation, names) => {
    cloud.simulator.world.faults.set(operation, { status: 500 });
    expect(await cloud.newApp().checkDiscovery(undefined, noLog)).toBe('fail');
    const found = steps((await checksOf('trusted-application'))[0]);
    expect(found.map(({ name }) => name)).toEqual(names);
    expect(found.at(-1)).toMatchObject({ outcome: 'fail', action: expect.stringMatching(/^[A-Z].+\.$/) as string });
    expect(found.slice(0, -1).every(({ outcome }) => outcome === 'pass')).toBe(true);
  });

  it('says that a capability is missing', async () => {
    cloud.simulator.world.platform.missingLinks = ['anonApplicationTokens'];
    await cloud.newApp().checkDiscovery(undefined, noLog);
    const found = steps((await checksOf('trusted-application'))[0]).at(-1);
    expect(found).toMatchObject({ name: 'capability', outcome: 'fail' });
    expect(found?.action).toContain('permission');
  });
});

describe('what the process has cached for its requests', () => {
  it('is not used by a check, which sees Entra, the vault and the platform as they are now', async () => {
    const app = cloud.newApp();
    await app.issue({ meetingUrl }, AbortSignal.timeout(10_000));
    const before = cloud.simulator.world.counts();
    expect(await app.checkDiscovery(undefined, noLog)).toBe('pass');
    const after = cloud.simulator.world.counts();
    for (const operation of ['platform.discover', 'platform.applications', 'platform.application'] as const) {
      expect(after[operation] - before[operation]).toBe(1);
    }
    expect(after['entra.token'] - before['entra.token']).toBe(1);

    cloud.simulator.world.platform.registered = false;
    expect(await app.checkDiscovery(undefined, noLog)).toBe('fail');
    // The requests go on with what they know, which still serves them.
    cloud.simulator.world.platform.registered = true;
    await app.issue({ meetingUrl }, AbortSignal.timeout(10_000));
    expect(cloud.simulator.world.counts()['platform.discover']).toBe(after['platform.discover'] + 1);
  });

  it('includes a breaker that is open, which a check passes by', async () => {
    const app = cloud.newApp();
    const issue = (): Promise<unknown> =>
      app.issue({ meetingUrl }, AbortSignal.timeout(10_000)).catch((error: unknown) => error);
    cloud.simulator.world.faults.set('platform.discover', { status: 503 });
    for (let call = 0; call < 3; call += 1) await issue();
    const calls = cloud.simulator.world.counts()['platform.discover'];
    expect(await issue()).toMatchObject({ code: 'platform-unavailable' });
    expect(cloud.simulator.world.counts()['platform.discover']).toBe(calls);

    cloud.simulator.world.faults.clear();
    expect(await app.checkDiscovery(undefined, noLog)).toBe('pass');
  });

  it('stays as it is when checks fail again and again', async () => {
    const app = cloud.newApp();
    cloud.simulator.world.faults.set('platform.discover', { status: 503 });
    for (let run = 0; run < 6; run += 1) expect(await app.checkDiscovery(undefined, noLog)).toBe('fail');
    cloud.simulator.world.faults.clear();
    expect(await app.issue({ meetingUrl }, AbortSignal.timeout(10_000))).toMatchObject({ created: true });
  });
});

describe('the time limit', () => {
  it('ends a part that hangs, as one failed step, and keeps the results of the others', async () => {
    const parts = [
      { name: 'hangs', check: endless },
      { name: 'works', check: well },
    ];
    const startedAt = performance.now();
    expect(await checkDiscoveryOf(parts, 200)()).toBe('warn');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(steps((await checksOf('hangs'))[0])).toEqual([
      { name: 'time-limit', outcome: 'fail', latencyMs: 200, action: expect.any(String) as string },
    ]);
    expect(steps((await checksOf('works'))[0])).toMatchObject([{ name: 'discover', outcome: 'pass' }]);
  });

  it('holds for all parts at the same time: four that hang take no longer than one', async () => {
    const parts = ['a', 'b', 'c', 'd'].map((name) => ({ name, check: endless }));
    const startedAt = performance.now();
    expect(await checkDiscoveryOf(parts, 300)()).toBe('fail');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('leaves a platform’s check the time to say which step it was', async () => {
    const settings = readSettings(cloud.environment);
    const platform = platformOf(settings, 'trusted-application');
    cloud.simulator.world.faults.set('platform.applications', { never: true });
    await checkDiscoveryOf([platform], 1_000)();
    const found = steps((await checksOf('trusted-application'))[0]);
    expect(found.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'credentials pass',
      'discover pass',
      'applications fail',
    ]);
  });
});

describe('two runs at once', () => {
  it('both succeed, and both count in the day', async () => {
    const apps = [cloud.newApp(), cloud.newApp()];
    expect(await Promise.all(apps.map((app) => app.checkDiscovery(undefined, noLog)))).toEqual(['pass', 'pass']);
    const rows = await cloud.rows('discoveryHealth');
    const days = rows.filter(({ rowKey }) => String(rowKey).startsWith('day-'));
    for (const name of ['trusted-application', 'secrets']) {
      const ofPart = days.filter(({ partitionKey }) => partitionKey === name);
      // One row, or two if midnight fell between the runs.
      expect(ofPart.reduce((sum, { pass }) => sum + Number(pass), 0)).toBe(2);
    }
  });
});

it('fails as storage-unavailable, and stores nothing, when the table cannot be reached', async () => {
  const nobody = cloud.tablesConnectionString.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:9');
  const app = cloud.newApp({ TABLES_CONNECTION_STRING: nobody });
  await expect(app.checkDiscovery(undefined, noLog)).rejects.toMatchObject({ code: 'storage-unavailable' });
  expect(await cloud.rows('discoveryHealth')).toEqual([]);
});

describe('the time of the next run', () => {
  const now = Date.parse('2026-11-21T12:00:00.000Z');

  it.each([
    ['a run by hand: the occurrence ahead', '2026-11-21T11:55:00Z', '2026-11-21T12:03:00Z', '2026-11-21T12:03:00.000Z'],
    [
      'a run by hand of a timer that never ran',
      '0001-01-01T00:00:00Z',
      '2026-11-21T12:03:00Z',
      '2026-11-21T12:03:00.000Z',
    ],
    [
      'a run on schedule: as long after it as it is after the last',
      '2026-11-21T11:45:00Z',
      '2026-11-21T12:00:00Z',
      '2026-11-21T12:15:00.000Z',
    ],
    ['a run that began a moment early', '2026-11-21T11:45:01Z', '2026-11-21T12:00:01Z', '2026-11-21T12:15:01.000Z'],
    [
      'a run that began late: as long after its start',
      '2026-11-21T10:45:00Z',
      '2026-11-21T11:00:00Z',
      '2026-11-21T12:15:00.000Z',
    ],
  ])('%s', (_, last, next, due) => {
    expect(nextDue({ last, next }, now)?.toISOString()).toBe(due);
  });

  it.each([
    ['there is no schedule status', undefined],
    ['the status is empty', {}],
    ['the timer is in its first run', { last: '0001-01-01T00:00:00Z', next: '2026-11-21T12:00:00Z' }],
    ['the dates are none', { last: 'yesterday', next: 'soon' }],
  ])('is not known when %s', (_, status) => {
    expect(nextDue(status, now)).toBeUndefined();
  });
});
