// The function app on Flex Consumption. Its settings come after it, in appSettings.bicep: they name its host.
param nameSuffix string
param location string
param tags object
param identityId string
param deploymentContainerUrl string
param alwaysReadyInstances int
param maximumInstances int
param instanceMemoryMB int
param httpConcurrency int
param corsOrigins array

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${nameSuffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${nameSuffix}'
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Flex Consumption refuses most of what other plans take here, ftpsState among it: it has no FTP to switch off.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      cors: {
        // Never '*': a list of origins, or no pages. No credentials, because pages send tokens and not cookies.
        allowedOrigins: filter(corsOrigins, origin => startsWith(origin, 'https://'))
        supportCredentials: false
      }
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: alwaysReadyInstances }] : []
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }
}

// Deployment signs in with Entra, as azd does; user names and passwords for it are off.
resource deploymentPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

output name string = site.name
output url string = 'https://${site.properties.defaultHostName}'
