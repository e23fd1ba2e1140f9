import type { Values } from './values.ts';

export const subscriptionId = '00000000-0000-4000-8000-000000000001';
export const tenantId = '00000000-0000-4000-8000-000000000002';
/** Of the app's identity. */
export const principalId = '00000000-0000-4000-8000-000000000003';
export const clientId = '00000000-0000-4000-8000-000000000004';

/** What Azure adds to a resource, by its type: stand-ins for what only Azure knows. */
export const addedByAzure: Readonly<Record<string, (name: string) => Values>> = {
  'Microsoft.ManagedIdentity/userAssignedIdentities': () => ({ principalId, clientId }),
  'Microsoft.Storage/storageAccounts': (name) => ({
    primaryEndpoints: {
      blob: `https://${name}.blob.core.windows.net/`,
      table: `https://${name}.table.core.windows.net/`,
    },
  }),
  'Microsoft.KeyVault/vaults': (name) => ({ vaultUri: `https://${name}.vault.azure.net/` }),
  'Microsoft.Insights/components': () => ({ ConnectionString: 'InstrumentationKey=of-no-use-without-the-role' }),
  'Microsoft.Web/sites': (name) => ({ defaultHostName: `${name}.azurewebsites.net` }),
};
