// The app in Azure Container Apps. Its ingress forwards the certificate in X-Forwarded-Client-Cert.

@description('Name of the app.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The app\'s identity.')
param identityName string

@description('The Application Insights component.')
param insightsName string

@description('Where the environment\'s lines go.')
param workspaceId string

@description('The host\'s storage account.')
param storageAccountName string

@description('Whether a caller without a certificate reaches the app.')
@allowed(['Required', 'Optional'])
param clientCertMode string

@description('Addresses that may call the app. Empty: all.')
param allowedIpRanges array

@description('The app\'s own settings by name.')
param settings object

@description('The image with the Functions host and the app.')
param image string

@description('The registry that it is pulled from with the app\'s identity. Empty: an image that anybody may pull.')
param registry string

@description('The most replicas.')
@minValue(1)
@maxValue(300)
param maximumReplicas int

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource managedEnvironment 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: 'env-${name}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource lines 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'system'
  scope: managedEnvironment
  properties: {
    workspaceId: workspaceId
    // The console is left out: its lines arrive by way of Application Insights, and would be there twice.
    logs: [
      {
        category: 'ContainerAppSystemLogs'
        enabled: true
      }
    ]
  }
}

// The mode by which the ingress asks for a certificate, and the front end that the app then believes.
var ingressModes = {
  Required: 'require'
  Optional: 'accept'
}
var frontEnds = {
  Required: 'container-apps'
  Optional: 'container-apps'
}

var appSettings = union(settings, {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AZURE_CLIENT_ID: identity.properties.clientId
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  CLIENT_CERT_FRONT_END: frontEnds[clientCertMode]
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'custom'
})

resource app 'Microsoft.App/containerApps@2026-01-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    environmentId: managedEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        allowInsecure: false
        clientCertificateMode: ingressModes[clientCertMode]
        targetPort: 80
        transport: 'http'
        ipSecurityRestrictions: [
          for (addresses, index) in allowedIpRanges: {
            name: 'allowed-${index}'
            action: 'Allow'
            ipAddressRange: addresses
          }
        ]
      }
      registries: empty(registry) ? [] : [
        {
          server: registry
          identity: identity.id
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'app'
          image: image
          env: map(items(appSettings), setting => {
            name: setting.key
            value: setting.value
          })
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
        }
      ]
      scale: {
        minReplicas: 0
        maxReplicas: maximumReplicas
      }
    }
  }
}

@description('The host name that callers use.')
output hostName string = app.properties.configuration.ingress.fqdn
