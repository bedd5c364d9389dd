// What the phases need of Azure Monitor in this resource group: autoscale of deployments, which is a
// resource beside the workspace, and the metrics by which a release is judged. The built-in role
// Monitoring Contributor has both, and reads everything else of the group too.
param principalId string

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'slipway-autoscale-and-metrics')
  properties: {
    roleName: 'Slipway autoscale and metrics (${resourceGroup().name})'
    description: 'Sets and removes autoscale of online deployments; reads metrics.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.Insights/autoscalesettings/read'
          'Microsoft.Insights/autoscalesettings/write'
          'Microsoft.Insights/autoscalesettings/delete'
          'Microsoft.Insights/metrics/read'
          'Microsoft.Insights/metricDefinitions/read'
        ]
      }
    ]
    assignableScopes: [
      resourceGroup().id
    ]
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, 'slipway-autoscale-and-metrics')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role.id
  }
}
