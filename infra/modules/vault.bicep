// The secrets: guest keys, the platform's client secret or certificate, a probe's password. None of them is made here.
param nameSuffix string
param location string
param tags object
param identityPrincipalId string
param deployerPrincipalId string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var keyVaultSecretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'

// Without the guest keys no sealed row can be read again, so nobody can purge a secret before the retention has passed.
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${nameSuffix}'
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

// Key Vault Secrets User: the service reads secrets and when they expire. It writes none.
resource readerRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identityPrincipalId, keyVaultSecretsUser)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

// Key Vault Secrets Officer for the person who deploys, who makes the guest keys and puts the client secret there. Whoever can
// run this template can assign roles, so this adds no power. azd says who it is, but not of which type.
resource writerRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: vault
  name: guid(vault.id, deployerPrincipalId, keyVaultSecretsOfficer)
  properties: {
    principalId: deployerPrincipalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsOfficer)
  }
}

output name string = vault.name
output url string = vault.properties.vaultUri
