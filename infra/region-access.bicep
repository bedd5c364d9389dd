// What the app reads of its region: the cores that are left (quota), and the sizes on offer with their
// prices. Both belong to the subscription, so no role on the workspace gives them.
targetScope = 'subscription'

param principalId string

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, 'slipway-region')
  properties: {
    roleName: 'Slipway region (${subscription().subscriptionId})'
    description: 'Reads quota and sizes of Azure Machine Learning in the subscription.'
    type: 'CustomRole'
    permissions: [
      {
        actions: [
          'Microsoft.MachineLearningServices/locations/usages/read'
          'Microsoft.MachineLearningServices/locations/vmSizes/read'
        ]
      }
    ]
    assignableScopes: [
      subscription().id
    ]
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, 'slipway-region')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: role.id
  }
}
