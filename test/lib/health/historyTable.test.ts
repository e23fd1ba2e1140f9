import { openTable } from '../../../lib/azure/tables.ts';
import { HealthTable, type PastChange } from '../../../lib/health/healthTable.ts';
import type { Check } from '../../../lib/health/status.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const noon = Date.UTC(2026, 10, 21, 12);
let cloud: TestCloud;
let table: HealthTable;
let part: string;
let parts = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  const rows = openTable(readSettings(cloud.environment), 'discoveryHealth');
  table = new HealthTable(rows);
});
beforeEach(() => {
  parts += 1;
  part = `part-${parts}`;
});
afterAll(() => cloud.stop());

function check(at: number, name = part): Check {
  const steps = [{ name: 'discover', outcome: 'fail' as const, latencyMs: 12, action: 'Do this.' }];
  return { name, steps, checkedAt: new Date(at), nextDueAt: new Date(at + 5 * minute) };
}

function change(at: number, more: Partial<PastChange> = {}): PastChange {
  return { at: new Date(at), previous: 'pass', status: 'fail', checks: [{ name: part, status: 'fail' }], ...more };
}

describe('the checks since a time', () => {
  it('come back as they were stored, oldest first, that time included, of this part only', async () => {
    const checks = [-1, 0, 5, 10].map((minutes) => check(noon + minutes * minute));
    for (const stored of checks.toReversed()) await table.remember(stored);
    await table.remember(check(noon, `${part}-other`));
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
    for (const days of [-1, 0, 0, 2]) await table.remember(check(noon + days * day + days));
    await table.remember({
      ...check(noon + 2 * day + 1),
      steps: [{ name: 'discover', outcome: 'pass', latencyMs: 1 }],
    });
    expect(await table.daysSince(part, '2026-11-21')).toEqual([
      { date: '2026-11-21', pass: 0, warn: 0, fail: 2 },
      { date: '2026-11-23', pass: 1, warn: 0, fail: 1 },
    ]);
  });
});

describe('the changes', () => {
  it('come newest first, as many as are asked for, beside the announcement', async () => {
    await table.writeNotification({ notified: 'fail' }, undefined);
    const checks = [{ name: 'ucwa', status: 'fail', failing: 'contoso.example/root', action: 'Do this.' }] as const;
    const changes = [change(noon, { checks }), change(noon + minute, { status: 'warn' }), change(noon + 2 * minute)];
    for (const one of changes) await table.rememberChange(one);
    expect(await table.lastChanges(10)).toEqual(changes.toReversed());
    expect(await table.lastChanges(2)).toEqual(changes.toReversed().slice(0, 2));
    expect(await table.readNotification()).toMatchObject({ notified: 'fail' });
  });

  it('stand once for each time, as told last', async () => {
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
