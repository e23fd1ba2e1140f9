import { provision, theResource } from '../azd.ts';

test('the vault goes by roles, and nothing in it can be purged before its time', async () => {
  const { body } = theResource(await provision(), 'Microsoft.KeyVault/vaults');
  expect(body['properties']).toMatchObject({
    enableRbacAuthorization: true,
    enableSoftDelete: true,
    softDeleteRetentionInDays: 90,
    enablePurgeProtection: true,
  });
});

test('no secret is made by the deployment', async () => {
  const { resources } = await provision();
  expect(resources.filter(({ type }) => type.startsWith('Microsoft.KeyVault/vaults/'))).toEqual([]);
});
