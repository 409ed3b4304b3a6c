// The app on Flex Consumption: Linux, one app a plan, no slots.

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

@description('Where metrics go.')
param workspaceId string

@description('The host\'s storage account.')
param storageAccountName string

@description('The container that a deployment writes the package to.')
param deploymentContainer string

@description('Whether a caller without a certificate reaches the app.')
@allowed(['Required', 'Optional'])
param clientCertMode string

@description('The oldest TLS version that the front end accepts.')
@allowed(['1.2', '1.3'])
param minTlsVersion string

@description('Addresses that may call the app. Empty: all.')
param allowedIpRanges array

@description('Addresses that may deploy the app. Empty: all.')
param deploymentIpRanges array

@description('The app\'s own settings by name.')
param settings object

@description('The memory of an instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('The most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('The vault that the site certificate is in.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('The certificate that is loaded for the code. Empty: none.')
param siteCertificate string

@description('The role that loading it needs.')
param certificateRoleId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

// What names the front end is set beside what makes it one: each mode that the parameter allows has certificates on.
var frontEnds = {
  Required: 'app-service'
  Optional: 'app-service'
}

var appSettings = union(settings, {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AZURE_CLIENT_ID: identity.properties.clientId
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  CLIENT_CERT_FRONT_END: frontEnds[clientCertMode]
})

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    // The first imports the site certificate; the second is the app's in everything else.
    type: 'SystemAssigned, UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    clientCertEnabled: true
    clientCertMode: clientCertMode
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    publicNetworkAccess: 'Enabled'
    // Only at the creation of an app; the compiler's types do not have it.
    #disable-next-line BCP037
    siteScopedCertificatesEnabled: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
    siteConfig: {
      appSettings: map(items(appSettings), setting => {
        name: setting.key
        value: setting.value
      })
      // Off as long as nobody has shown that a front end asks for a certificate over HTTP/2.
      http20Enabled: false
      minTlsVersion: minTlsVersion
      scmMinTlsVersion: minTlsVersion
      ipSecurityRestrictionsDefaultAction: empty(allowedIpRanges) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: [
        for (addresses, index) in allowedIpRanges: {
          name: 'allowed-${index}'
          action: 'Allow'
          ipAddress: addresses
          priority: 100 + index
        }
      ]
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: empty(deploymentIpRanges) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictions: [
        for (addresses, index) in deploymentIpRanges: {
          name: 'deployment-${index}'
          action: 'Allow'
          ipAddress: addresses
          priority: 100 + index
        }
      ]
    }
  }
}

resource noPublishingUser 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'metrics'
  scope: app
  properties: {
    workspaceId: workspaceId
    // Metrics alone: the lines of the log arrive by way of Application Insights, and would be there twice.
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

module certificate 'site-certificate.bicep' = if (!empty(siteCertificate)) {
  name: 'site-certificate'
  params: {
    appName: app.name
    location: location
    tags: tags
    planId: plan.id
    principalId: app.identity.principalId
    roleId: certificateRoleId
    vaultName: vaultName
    certificate: siteCertificate
  }
}

@description('The host name that callers use.')
output hostName string = app.properties.defaultHostName
