// The guests' tables, in an account that only the service has access to. The app never makes a table itself.
param nameSuffix string
param location string
param tags object
param skuName string
param identityPrincipalId string

var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var tableNames = ['guests', 'meetingGuests', 'discoveryHealth', 'meetingRequests', 'healthSubscriptions']

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stguests${nameSuffix}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: skuName }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = [for tableName in tableNames: {
  parent: tableService
  name: tableName
}]

// Storage Table Data Contributor: the service reads, writes and deletes rows.
resource guestRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, identityPrincipalId, storageTableDataContributor)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
  }
}

output tableEndpoint string = account.properties.primaryEndpoints.table
