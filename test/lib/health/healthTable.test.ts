import { openTable } from '../../../lib/azure/tables.ts';
import { HealthTable, type PastChange } from '../../../lib/health/healthTable.ts';
import type { Check } from '../../../lib/health/status.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTableProxy, type TableProxy } from '../../support/tableProxy.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const noon = Date.UTC(2026, 10, 21, 12, 0, 0);
let cloud: TestCloud;
let proxy: TableProxy;
let table: HealthTable;
let part: string;
let parts = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await startTableProxy(cloud.tablesConnectionString);
  const settings = readSettings({ ...cloud.environment, TABLES_CONNECTION_STRING: proxy.connectionString });
  table = new HealthTable(openTable(settings, 'discoveryHealth'));
});

beforeEach(() => {
  parts += 1;
  part = `part-${parts}`;
});

afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

function check(checkedAt: number, outcome: HealthStep['outcome'] = 'pass', latencyMs = 12): Check {
  const steps = [{ name: 'discover', outcome, latencyMs, ...(outcome === 'fail' && { action: 'Do this.' }) }];
  return { name: part, steps, checkedAt: new Date(checkedAt), nextDueAt: new Date(checkedAt + 300_000) };
}

function change(at: number, more: Partial<PastChange> = {}): PastChange {
  return { at: new Date(at), previous: 'pass', status: 'fail', checks: [{ name: part, status: 'fail' }], ...more };
}

async function days(): Promise<Record<string, unknown>[]> {
  const rows = await cloud.rows('discoveryHealth');
  return rows.filter(({ partitionKey, rowKey }) => partitionKey === part && String(rowKey).startsWith('day-'));
}

describe('the last check', () => {
  it('is absent before the first, also when there are days', async () => {
    expect(await table.latest(part)).toBeUndefined();
    await cloud.table('discoveryHealth').createEntity({ partitionKey: part, rowKey: 'day-2026-11-20', pass: 1 });
    expect(await table.latest(part)).toBeUndefined();
  });

  it('comes back as it was stored', async () => {
    const stored = check(noon, 'fail');
    await table.remember(stored);
    expect(await table.latest(part)).toEqual(stored);
  });

  it('has of each step the name, outcome, latency and action, whatever else the step carries', async () => {
    const { steps, ...rest } = check(noon, 'fail');
    await table.remember({ ...rest, steps: steps.map((step) => ({ ...step, failure: new Error('private') })) });
    const rows = await cloud.rows('discoveryHealth');
    const row = rows.find(({ partitionKey, rowKey }) => partitionKey === part && /^\d/.test(String(rowKey)));
    expect(JSON.parse(String(row?.['steps']))).toEqual(steps);
  });

  it('is the newest, in whatever order they were stored, and of that part only', async () => {
    for (const minutes of [5, 15, 10]) await table.remember(check(noon + minutes * 60_000));
    await table.remember({ ...check(noon + day), name: `${part}-other` });
    expect((await table.latest(part))?.checkedAt).toEqual(new Date(noon + 15 * 60_000));
  });

  it('is found by reading one row, however many there are', async () => {
    for (let minute = 0; minute < 5; minute += 1) await table.remember(check(noon + minute * 60_000));
    const rows = await cloud.rows('discoveryHealth');
    const ofPart = rows.filter(({ partitionKey }) => partitionKey === part).map(({ rowKey }) => String(rowKey));
    expect(ofPart[0]).toBe(String(9_999_999_999_999 - (noon + 4 * 60_000)));
    expect(ofPart.every((rowKey) => /^\d{13}$|^day-\d{4}-\d\d-\d\d$/.test(rowKey))).toBe(true);
  });
});

describe('the days', () => {
  it('count the statuses of their checks, slow ones as warnings', async () => {
    await table.remember(check(noon));
    await table.remember(check(noon + 1));
    await table.remember(check(noon + 2, 'pass', 2_001));
    await table.remember(check(noon + 3, 'fail'));
    await table.remember(check(noon + day));
    expect(await days()).toEqual([
      expect.objectContaining({ rowKey: 'day-2026-11-21', pass: 2, warn: 1, fail: 1 }),
      expect.objectContaining({ rowKey: 'day-2026-11-22', pass: 1, warn: 0, fail: 0 }),
    ]);
  });

  it('begin at midnight UTC', async () => {
    const midnight = Date.UTC(2026, 10, 22);
    await table.remember(check(midnight - 1));
    await table.remember(check(midnight));
    expect((await days()).map(({ rowKey }) => rowKey)).toEqual(['day-2026-11-21', 'day-2026-11-22']);
  });

  it('lose no check when several are counted at once', async () => {
    await Promise.all([1, 2, 3].map((second) => table.remember(check(noon + second))));
    expect(await days()).toMatchObject([{ pass: 3 }]);
  });
});

describe('a day’s count', () => {
  it.each([
    ['insert', 'first'],
    ['update', 'next'],
  ] as const)('has a check once, also when the answer to its %s is lost', async (operation, which) => {
    if (which === 'next') await table.remember(check(noon));
    proxy.break({ kind: 'cut', times: 1, when: (call) => call.operation === operation });
    await table.remember(check(noon + 1));
    proxy.mend();
    expect(await days()).toMatchObject([{ pass: which === 'next' ? 2 : 1, warn: 0, fail: 0 }]);
  });

  it('leaves a check out that meets a conflict with every try, and the check is stored', async () => {
    await table.remember(check(noon));
    proxy.break({ kind: 412, when: ({ operation }) => operation === 'update' });
    await table.remember(check(noon + 1));
    proxy.mend();
    expect(await days()).toMatchObject([{ pass: 1 }]);
    expect((await table.latest(part))?.checkedAt).toEqual(new Date(noon + 1));
  });
});

describe('retention', () => {
  it('is 35 days for checks and days, then the purge removes them, and the last notification stays', async () => {
    await table.remember(check(noon));
    await table.remember(check(noon + 60_000));
    await table.writeNotification({ notified: 'pass', candidate: 'fail', candidateAt: new Date(noon) }, undefined);
    const left = async (): Promise<unknown[]> => {
      const rows = await cloud.rows('discoveryHealth');
      return rows.filter(({ partitionKey }) => partitionKey === part).map(({ rowKey }) => rowKey);
    };
    const purgeAt = (time: number) => cloud.newApp({}, () => time).purge();

    await purgeAt(noon + 35 * day);
    expect(await left()).toHaveLength(3);
    await purgeAt(noon + 35 * day + 1);
    expect(await left()).toEqual([String(9_999_999_999_999 - (noon + 60_000)), 'day-2026-11-21']);
    const { complete } = await purgeAt(noon + 35 * day + 60_001);
    expect(complete).toBe(true);
    expect(await left()).toEqual([]);
    expect(await table.readNotification()).toMatchObject({ notified: 'pass', candidate: 'fail' });
  });
});

describe('the last notification', () => {
  it('is written only with its latest ETag', async () => {
    const current = await table.readNotification();
    const written = await table.writeNotification({ notified: 'warn' }, current?.etag);
    expect(await table.writeNotification({ notified: 'fail' }, current?.etag)).toBeUndefined();
    expect(await table.writeNotification({ notified: 'fail' }, undefined)).toBeUndefined();
    expect(await table.readNotification()).toEqual(written);
  });
});

describe('the checks since a time', () => {
  it('come back as they were stored, oldest first, that time included, of this part only', async () => {
    const checks = [-1, 0, 5, 10].map((minutes) => check(noon + minutes * minute, 'fail'));
    for (const stored of checks.toReversed()) await table.remember(stored);
    await table.remember({ ...check(noon), name: `${part}-other` });
    expect(await table.checksSince(part, new Date(noon))).toEqual(checks.slice(1));
  });

  it('are none if there was none', async () => {
    await table.remember(check(noon));
    expect(await table.checksSince(part, new Date(noon + 1))).toEqual([]);
  });

  it('are all of them, also when they fill more than one page of the table', async () => {
    const client = cloud.table('discoveryHealth');
    const { steps, checkedAt, nextDueAt } = check(noon);
    const rows = Array.from({ length: 1_100 }, (_, second) => ({
      partitionKey: part,
      rowKey: String(9_999_999_999_999 - noon - second * 1_000),
      steps: JSON.stringify(steps),
      checkedAt: new Date(checkedAt.getTime() + second * 1_000),
      nextDueAt,
      expiresAt: checkedAt,
    }));
    for (let first = 0; first < rows.length; first += 100) {
      await client.submitTransaction(rows.slice(first, first + 100).map((row) => ['create', row]));
    }
    const found = await table.checksSince(part, new Date(noon));
    expect(found).toHaveLength(1_100);
    expect(found.at(-1)?.checkedAt).toEqual(new Date(noon + 1_099_000));
  });
});

describe('the days since a date', () => {
  it('have their counts, that date included, and leave out days without checks', async () => {
    for (const days of [-1, 0, 0, 2]) await table.remember(check(noon + days * day + days, 'fail'));
    await table.remember(check(noon + 2 * day + 1));
    expect(await table.daysSince(part, '2026-11-21')).toEqual([
      { date: '2026-11-21', pass: 0, warn: 0, fail: 2 },
      { date: '2026-11-23', pass: 1, warn: 0, fail: 1 },
    ]);
  });
});

describe('the changes', () => {
  it('come newest first, as many as are asked for, without the last notification', async () => {
    await table.writeNotification({ notified: 'fail' }, (await table.readNotification())?.etag);
    const checks = [{ name: 'ucwa', status: 'fail', failing: 'contoso.example/root', action: 'Do this.' }] as const;
    const changes = [change(noon, { checks }), change(noon + minute, { status: 'warn' }), change(noon + 2 * minute)];
    for (const one of changes) await table.rememberChange(one);
    expect(await table.lastChanges(10)).toEqual(changes.toReversed());
    expect(await table.lastChanges(2)).toEqual(changes.toReversed().slice(0, 2));
    expect(await table.readNotification()).toMatchObject({ notified: 'fail' });
  });

  it('are one for each time, the last one written', async () => {
    const before = (await table.lastChanges(100)).length;
    await table.rememberChange(change(noon + day));
    await table.rememberChange(change(noon + day, { status: 'warn' }));
    const changes = await table.lastChanges(100);
    expect(changes).toHaveLength(before + 1);
    expect(changes[0]).toMatchObject({ status: 'warn' });
  });

  it('are kept 35 days, as the checks are; then the purge removes them', async () => {
    const at = noon + 100 * day;
    await table.rememberChange(change(at));
    await cloud.newApp({}, () => at + 35 * day).purge();
    expect(await table.lastChanges(100)).toEqual([change(at)]);
    await cloud.newApp({}, () => at + 35 * day + 1).purge();
    expect(await table.lastChanges(100)).toEqual([]);
    expect(await table.readNotification()).toMatchObject({ notified: 'fail' });
  });
});
