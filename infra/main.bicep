// Slipway on Azure: a function app on Flex Consumption whose identity may use one Azure ML workspace.
//   az deployment group create --resource-group RG --template-file infra/main.bicep --parameters @FILE
targetScope = 'resourceGroup'

@description('Names all resources; 3 to 11 lower-case letters and digits.')
@minLength(3)
@maxLength(11)
param name string
param location string = resourceGroup().location

@description('An existing Azure ML workspace in this resource group.')
param workspaceName string

param supabaseUrl string
@description('The publishable key.')
param supabaseAnonKey string
@secure()
@description('The secret key; for activities and the sweeper only.')
param supabaseServiceKey string

@description('More origins whose pages may call the API; the dashboard is one already.')
param corsAllowedOrigins array = []
@description('Static Web Apps exist in few regions; the pages are served from everywhere.')
param dashboardLocation string = 'westeurope'

@allowed(['3.11', '3.12'])
param pythonVersion string = '3.11'

module identity 'identity.bicep' = {
  name: 'identity'
  params: { name: name, location: location }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: { name: name, location: location, principalId: identity.outputs.principalId }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: { name: name, location: location }
}

module workspaceAccess 'workspace-access.bicep' = {
  name: 'workspace-access'
  params: { workspaceName: workspaceName, principalId: identity.outputs.principalId }
}

module monitoringAccess 'monitoring-access.bicep' = {
  name: 'monitoring-access'
  params: { principalId: identity.outputs.principalId }
}

module regionAccess 'region-access.bicep' = {
  name: 'region-access'
  scope: subscription()
  params: { principalId: identity.outputs.principalId }
}

module dashboard 'dashboard.bicep' = {
  name: 'dashboard'
  params: { name: name, location: dashboardLocation }
}

module app 'app.bicep' = {
  name: 'app'
  params: {
    name: name
    location: location
    pythonVersion: pythonVersion
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.accountName
    packageContainerUrl: storage.outputs.packageContainerUrl
    applicationInsights: monitoring.outputs.connectionString
    supabaseServiceKey: supabaseServiceKey
    settings: {
      SUPABASE_URL: supabaseUrl
      SUPABASE_ANON_KEY: supabaseAnonKey
      AZURE_SUBSCRIPTION_ID: subscription().subscriptionId
      AZURE_RESOURCE_GROUP: resourceGroup().name
      AZURE_WORKSPACE_NAME: workspaceName
      AZURE_CLIENT_ID: identity.outputs.clientId
      CORS_ALLOWED_ORIGINS: join(union([dashboard.outputs.url], corsAllowedOrigins), ',')
    }
  }
}

output functionAppName string = app.outputs.name
output url string = app.outputs.url
output dashboardName string = dashboard.outputs.name
output dashboardUrl string = dashboard.outputs.url
