// The dashboard: an Azure Static Web App. Its pages, their headers and /config.json are uploaded after
// client/scripts/configure.mjs has written into them which services they speak to.
param name string
@description('Static Web Apps exist in few regions; the pages are served from everywhere.')
@allowed(['westus2', 'centralus', 'eastus2', 'westeurope', 'eastasia'])
param location string

resource site 'Microsoft.Web/staticSites@2023-12-01' = {
  name: '${name}-dashboard'
  location: location
  sku: { name: 'Free', tier: 'Free' }
  properties: { stagingEnvironmentPolicy: 'Disabled', allowConfigFileUpdates: true }
}

output name string = site.name
output url string = 'https://${site.properties.defaultHostname}'
