// One deployment of Anonymous Join, in a resource group of its own. `azd up` runs this; infra/README.md says what an
// administrator has to know and what each role is for.
//
// azd fills the parameters from its environment (main.parameters.json), under the names that the settings have. It passes ''
// for a string that nobody has set, also over a default: so a string has the default '' or none, and azd asks for one
// without. A setting that is '' is not set at all, and the service's own default holds.
targetScope = 'subscription'

@description('Name of the azd environment; part of all names.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region. It must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Object id of whoever deploys, who may then write secrets into the vault. Empty: nobody may from here.')
param deployerPrincipalId string = ''

// Size and redundancy.

@description('Instances that are always warm for HTTP. 0 saves their price and costs cold starts.')
@minValue(0)
@maxValue(100)
param alwaysReadyInstances int = 1

@description('Instances that the app grows to at most.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Memory of an instance; CPU comes in proportion.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Requests that one instance handles at a time before another one is started. They mostly wait for the platform.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 32

@description('Redundancy of the guests\' tables. Standard_ZRS survives the failure of a zone, where the region has zones.')
@allowed(['', 'Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param guestStorageSku string = ''

// Who may call.

@description('How callers prove themselves.')
@allowed(['', 'function-key', 'entra'])
param callerAuth string = ''

@description('entra: client id of the app registration that stands for this service.')
param callerApiClientId string = ''

@description('entra: tenant of the callers. Empty: the tenant of the platform\'s application.')
param callerTenantId string = ''

@description('entra: client ids of the applications that may call, separated by commas.')
param callerAppIds string = ''

@description('https origins whose web pages may call the endpoints, separated by commas. Any other entry is left out.')
param corsOrigins string = ''

// Settings of the service, as the README describes them.

@description('Origins that a meeting token may admit, separated by commas.')
@minLength(1)
param allowedOrigins string

param publicBaseUrl string = ''
param guestRetentionHours string = ''
param guestKeysSecretName string = ''
param discoveryCheckSchedule string = ''
param purgeSchedule string = ''
@description('Often carries a signature.')
@secure()
param alertWebhookUrl string = ''
@description('Whoever knows the URL of a meeting may enter it.')
@secure()
param syntheticJoinMeetingUrls string = ''
param webhookHosts string = ''
@allowed(['', 'off', 'keyed', 'open'])
param sampleServiceEndpoints string = ''
param meetingPlatforms string

param entraTenantId string = ''
param entraClientId string = ''
param entraClientSecretName string = ''
param entraClientCertificateName string = ''
param entraAuthorityHost string = ''
param trustedApplicationDiscoverUrl string = ''
param trustedApplicationEndpointId string = ''
param trustedApplicationAudience string = ''
param trustedApplicationHosts string = ''
param trustedApplicationMeetingHosts string = ''

param ucwaMeetingHosts string = ''
param ucwaHosts string = ''
param ucwaDiscovery string = ''
param ucwaHttpFirstHop string = ''
param ucwaTrustedDomains string = ''
param ucwaApprovedHosts string = ''
param ucwaCheckAccount string = ''
param ucwaCheckSecretName string = ''

var nameSuffix = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }

var platformTenantId = empty(entraTenantId) ? subscription().tenantId : entraTenantId
var effectiveCallerTenantId = empty(callerTenantId) ? platformTenantId : callerTenantId
var effectiveGuestKeysSecretName = empty(guestKeysSecretName) ? 'guest-keys' : guestKeysSecretName
var usesCertificate = !empty(entraClientCertificateName)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: { nameSuffix: nameSuffix, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    identityPrincipalId: identity.outputs.principalId
  }
}

module hostStorage 'modules/hostStorage.bicep' = {
  scope: group
  name: 'hostStorage'
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    identityPrincipalId: identity.outputs.principalId
  }
}

module guestStorage 'modules/guestStorage.bicep' = {
  scope: group
  name: 'guestStorage'
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    skuName: empty(guestStorageSku) ? 'Standard_LRS' : guestStorageSku
    identityPrincipalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  name: 'vault'
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    identityPrincipalId: identity.outputs.principalId
    deployerPrincipalId: deployerPrincipalId
  }
}

module functionApp 'modules/functionApp.bicep' = {
  scope: group
  name: 'functionApp'
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    identityId: identity.outputs.id
    deploymentContainerUrl: hostStorage.outputs.deploymentContainerUrl
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    httpConcurrency: httpConcurrency
    corsOrigins: map(split(corsOrigins, ','), origin => trim(origin))
  }
}

module callerAuthentication 'modules/callerAuthentication.bicep' = {
  scope: group
  name: 'callerAuthentication'
  params: {
    appName: functionApp.outputs.name
    isOn: callerAuth == 'entra'
    apiClientId: callerApiClientId
    tenantId: effectiveCallerTenantId
    callerAppIds: map(split(callerAppIds, ','), id => trim(id))
  }
  // App Service refuses two changes to one app at a time.
  dependsOn: [appSettings]
}

module appSettings 'modules/appSettings.bicep' = {
  scope: group
  name: 'appSettings'
  params: {
    appName: functionApp.outputs.name
    settings: {
      // The host. It keeps keys, timer locks and the deployed package in blobs, and signs in with the app's identity.
      // FUNCTIONS_WORKER_RUNTIME is refused on Flex Consumption: the runtime stands in functionAppConfig.
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.outputs.clientId
      AzureWebJobsStorage__blobServiceUri: hostStorage.outputs.blobEndpoint
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
      // The host reads them, and has no defaults for them.
      DISCOVERY_CHECK_SCHEDULE: empty(discoveryCheckSchedule) ? '0 */5 * * * *' : discoveryCheckSchedule
      PURGE_SCHEDULE: empty(purgeSchedule) ? '0 17 * * * *' : purgeSchedule

      AZURE_CLIENT_ID: identity.outputs.clientId
      KEY_VAULT_URL: vault.outputs.url
      GUEST_KEYS_SECRET_NAME: effectiveGuestKeysSecretName
      TABLES_ENDPOINT: guestStorage.outputs.tableEndpoint
      ALLOWED_ORIGINS: allowedOrigins
      GUEST_RETENTION_HOURS: guestRetentionHours
      ALERT_WEBHOOK_URL: alertWebhookUrl
      SYNTHETIC_JOIN_MEETING_URLS: syntheticJoinMeetingUrls
      WEBHOOK_HOSTS: webhookHosts
      PUBLIC_BASE_URL: empty(publicBaseUrl) ? functionApp.outputs.url : publicBaseUrl
      CALLER_AUTH: callerAuth
      CALLER_TENANT_ID: effectiveCallerTenantId
      CALLER_APP_IDS: callerAppIds
      SAMPLE_SERVICE_ENDPOINTS: sampleServiceEndpoints
      MEETING_PLATFORMS: meetingPlatforms

      ENTRA_TENANT_ID: platformTenantId
      ENTRA_CLIENT_ID: entraClientId
      ENTRA_CLIENT_SECRET_NAME: empty(entraClientSecretName) && !usesCertificate ? 'entra-client-secret' : entraClientSecretName
      ENTRA_CLIENT_CERTIFICATE_NAME: entraClientCertificateName
      ENTRA_AUTHORITY_HOST: entraAuthorityHost
      TRUSTED_APPLICATION_DISCOVER_URL: trustedApplicationDiscoverUrl
      TRUSTED_APPLICATION_ENDPOINT_ID: trustedApplicationEndpointId
      TRUSTED_APPLICATION_AUDIENCE: trustedApplicationAudience
      TRUSTED_APPLICATION_HOSTS: trustedApplicationHosts
      TRUSTED_APPLICATION_MEETING_HOSTS: trustedApplicationMeetingHosts

      UCWA_MEETING_HOSTS: ucwaMeetingHosts
      UCWA_HOSTS: ucwaHosts
      UCWA_DISCOVERY: ucwaDiscovery
      UCWA_HTTP_FIRST_HOP: ucwaHttpFirstHop
      UCWA_TRUSTED_DOMAINS: ucwaTrustedDomains
      UCWA_APPROVED_HOSTS: ucwaApprovedHosts
      UCWA_CHECK_ACCOUNT: ucwaCheckAccount
      UCWA_CHECK_SECRET_NAME: ucwaCheckSecretName
    }
  }
}

// azd keeps outputs in its environment, for the hooks and for commands. They are names, never secrets, and no output has the
// name of a parameter: the first deployment would set it for all later ones.
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = functionApp.outputs.name
output SERVICE_URL string = functionApp.outputs.url
output VAULT_URL string = vault.outputs.url
output VAULT_NAME string = vault.outputs.name
output VAULT_GUEST_KEYS_NAME string = effectiveGuestKeysSecretName
