import { tableNames } from '../../../lib/service.ts';
import { tableNames as localTableNames } from '../../../local/cloud.ts';
import { provision, resourcesOf, theResource } from '../azd.ts';

test('the guests’ account takes no shared key, no public blob and no old TLS', async () => {
  const { body } = theResource(await provision(), 'Microsoft.Storage/storageAccounts', /^stguests/);
  expect(body['properties']).toEqual({
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    defaultToOAuthAuthentication: true,
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
  });
});

test('guests have an account of their own, with the tables that the service and the local cloud expect', async () => {
  const deployment = await provision();
  const account = theResource(deployment, 'Microsoft.Storage/storageAccounts', /^stguests/);
  const tables = resourcesOf(deployment, 'Microsoft.Storage/storageAccounts/tableServices/tables');
  expect(tables.every(({ parentId }) => parentId?.startsWith(account.id))).toBe(true);
  const names = tables.map(({ name }) => name).toSorted();
  expect(names).toEqual([...tableNames].toSorted());
  expect(names).toEqual([...localTableNames].toSorted());
});

test('the guests’ account is as redundant as the administrator says', async () => {
  const sku = async (environment: Record<string, string>) =>
    theResource(await provision(environment), 'Microsoft.Storage/storageAccounts', /^stguests/).body['sku'];
  expect(await sku({})).toEqual({ name: 'Standard_LRS' });
  expect(await sku({ GUEST_STORAGE_SKU: 'Standard_ZRS' })).toEqual({ name: 'Standard_ZRS' });
  await expect(sku({ GUEST_STORAGE_SKU: 'Premium_LRS' })).rejects.toThrow('guestStorageSku breaks allowed');
});
