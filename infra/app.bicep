// The function app: Flex Consumption, one instance of the group `durable` always ready.
param name string
param location string
param pythonVersion string
param identityId string
param identityClientId string
param storageAccountName string
param packageContainerUrl string
param applicationInsights string
@secure()
param supabaseServiceKey string
@description('The app\'s own settings, but for the secret one.')
param settings object

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'python', version: pythonVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: 4096
        maximumInstanceCount: 40
        alwaysReady: [{ name: 'durable', instanceCount: 1 }]
      }
    }
    // The app answers browsers itself (CORS_ALLOWED_ORIGINS): the platform's answer exposes no headers.
    siteConfig: { minTlsVersion: '1.2', cors: { allowedOrigins: [] } }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      AzureWebJobsStorage__accountName: storageAccountName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights
      SUPABASE_SERVICE_KEY: supabaseServiceKey
    })
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
