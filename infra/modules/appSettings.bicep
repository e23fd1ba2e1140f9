// All app settings of the app: what is not among them is removed from it.
param appName string

@description('By name. A setting that is empty is left out.')
@secure()
param settings object

resource site 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: toObject(filter(items(settings), entry => !empty(entry.value)), entry => entry.key, entry => entry.value)
}
