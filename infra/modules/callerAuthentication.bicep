// App Service authentication, for CALLER_AUTH=entra. With function keys it is off, and switched off if it was on.
param appName string
param isOn bool
param apiClientId string
param tenantId string
param callerAppIds array

resource site 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

var entra = {
  azureActiveDirectory: {
    enabled: true
    registration: {
      clientId: apiClientId
      openIdIssuer: '${environment().authentication.loginEndpoint}${tenantId}/v2.0'
    }
    validation: {
      allowedAudiences: [apiClientId, 'api://${apiClientId}']
      // The service checks the callers again (CALLER_APP_IDS). Its own id is that of people who sign in for the status page.
      defaultAuthorizationPolicy: { allowedApplications: concat([apiClientId], filter(callerAppIds, id => !empty(id))) }
    }
  }
}

resource authentication 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: isOn }
    globalValidation: {
      requireAuthentication: isOn
      // Callers are programs, so they get 401 and no page to sign in on.
      unauthenticatedClientAction: isOn ? 'Return401' : 'AllowAnonymous'
      // The status page says how to sign in. Deployment and the portal use the host's own endpoints, which have a key of their own.
      excludedPaths: ['/api/health', '/api/openapi.json', '/api/status', '/admin/*']
    }
    identityProviders: isOn ? entra : {}
    // Tokens pass through and are not kept.
    login: { tokenStore: { enabled: false } }
    httpSettings: { requireHttps: true }
  }
}
