import { openTable, type Table } from '../../../lib/azure/tables.ts';
import { purgeExpired } from '../../../lib/guests/purge.ts';
import { readSettings } from '../../../lib/settings.ts';
import { startTestCloud, type TestCloud } from '../../support/testCloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

test('has at most 16 deletions under way, and makes use of them', async () => {
  const expired = { partitionKey: 'p', expiresAt: new Date(Date.now() - 1) };
  const rows = cloud.table('discoveryHealth');
  await rows.submitTransaction(
    Array.from({ length: 50 }, (_, index) => ['create', { ...expired, rowKey: String(index) }]),
  );
  let underWay = 0;
  let most = 0;
  const real = openTable(readSettings(cloud.environment), 'discoveryHealth');
  const table: Table = {
    call: async (operation) => {
      most = Math.max(most, ++underWay);
      return real.call(operation).finally(() => (underWay -= 1));
    },
  };
  expect(await purgeExpired({ tables: [{ name: 'rows', table }] })).toEqual({ deleted: { rows: 50 }, complete: true });
  expect(most).toBe(16);
});
