import { provision, theResource } from '../azd.ts';

test('the host’s account takes no shared key, no public blob and no old TLS', async () => {
  const { body } = theResource(await provision(), 'Microsoft.Storage/storageAccounts', /^sthost/);
  expect(body['properties']).toEqual({
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    defaultToOAuthAuthentication: true,
    minimumTlsVersion: 'TLS1_2',
    supportsHttpsTrafficOnly: true,
  });
});

test('packages are deployed into a private container of the host’s account', async () => {
  const deployment = await provision();
  const account = theResource(deployment, 'Microsoft.Storage/storageAccounts', /^sthost/);
  const container = theResource(deployment, 'Microsoft.Storage/storageAccounts/blobServices/containers');
  expect(container.parentId?.startsWith(account.id)).toBe(true);
  expect(container.body['properties']).toEqual({ publicAccess: 'None' });
  expect(theResource(deployment, 'Microsoft.Web/sites').body).toMatchObject({
    properties: {
      functionAppConfig: {
        deployment: {
          storage: {
            type: 'blobContainer',
            value: `https://${account.name}.blob.core.windows.net/${container.name}`,
            authentication: {
              type: 'UserAssignedIdentity',
              userAssignedIdentityResourceId: theResource(
                deployment,
                'Microsoft.ManagedIdentity/userAssignedIdentities',
              ).id,
            },
          },
        },
      },
    },
  });
});
