import { openTable } from '../../../lib/azure/tables.ts';
import { HealthTable } from '../../../lib/health/healthTable.ts';
import type { Check } from '../../../lib/health/status.ts';
import type { HealthStep } from '../../../lib/platforms/platform.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const day = 24 * 60 * 60_000;
const noon = Date.UTC(2026, 10, 21, 12, 0, 0);
let cloud: TestCloud;
let table: HealthTable;
let part: string;
let parts = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  table = new HealthTable(openTable(readSettings(cloud.environment), 'discoveryHealth'));
});

beforeEach(() => {
  parts += 1;
  part = `part-${parts}`;
});

afterAll(() => cloud.stop());

function check(checkedAt: number, outcome: HealthStep['outcome'] = 'pass', latencyMs = 12): Check {
  const steps = [{ name: 'discover', outcome, latencyMs, ...(outcome === 'fail' && { action: 'Do this.' }) }];
  return { name: part, steps, checkedAt: new Date(checkedAt), nextDueAt: new Date(checkedAt + 300_000) };
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
  it('count the verdicts of their checks, slow ones as warnings', async () => {
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

describe('retention', () => {
  it('is 35 days for checks and days, then the purge removes them, and the announcement stays', async () => {
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

describe('the announcement', () => {
  it('is written only by the one who has its latest tag', async () => {
    const current = await table.readNotification();
    const written = await table.writeNotification({ notified: 'warn' }, current?.etag);
    expect(await table.writeNotification({ notified: 'fail' }, current?.etag)).toBeUndefined();
    expect(await table.writeNotification({ notified: 'fail' }, undefined)).toBeUndefined();
    expect(await table.readNotification()).toEqual(written);
  });
});
