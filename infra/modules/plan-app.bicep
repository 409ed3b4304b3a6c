// The app on Elastic Premium or a Dedicated plan, with a slot that is deployed and probed before it is swapped in.

@description('Name of the app.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The size of the plan.')
param sku string

@description('Whether the app and its slot have been swapped an odd number of times.')
param isSwapped bool

@description('The app\'s identity.')
param identityName string

@description('The Application Insights component.')
param insightsName string

@description('Where metrics go.')
param workspaceId string

@description('The host\'s storage account.')
param storageAccountName string

@description('The vault.')
param vaultName string

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

var isElastic = startsWith(sku, 'EP')

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
  kind: isElastic ? 'elastic' : 'linux'
  sku: {
    name: sku
  }
  properties: isElastic ? { reserved: true, maximumElasticWorkerCount: 20 } : { reserved: true }
}

// What names the front end is set beside what makes it one: each mode that the parameter allows has certificates on.
var frontEnds = {
  Required: 'app-service'
  Optional: 'app-service'
}

// A swap exchanges the shares, since the code is in them.
var shares = isSwapped ? ['${name}-staging', name] : [name, '${name}-staging']

// Run from a package; where the plan is elastic, from a share that all instances mount.
var contentSettings = isElastic ? {
  WEBSITE_CONTENTAZUREFILECONNECTIONSTRING: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=content-share)'
  WEBSITE_CONTENTSHARE: shares[0]
  // A reference cannot be followed before the app is there.
  WEBSITE_SKIP_CONTENTSHARE_VALIDATION: '1'
} : {}

var appSettings = union(settings, contentSettings, {
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  AZURE_CLIENT_ID: identity.properties.clientId
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__clientId: identity.properties.clientId
  AzureWebJobsStorage__credential: 'managedidentity'
  CLIENT_CERT_FRONT_END: frontEnds[clientCertMode]
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'custom'
  WEBSITE_RUN_FROM_PACKAGE: '1'
})

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    reserved: true
    clientCertEnabled: true
    clientCertMode: clientCertMode
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    publicNetworkAccess: 'Enabled'
    siteConfig: {
      alwaysOn: !isElastic
      appSettings: map(items(appSettings), setting => {
        name: setting.key
        value: setting.value
      })
      ftpsState: 'Disabled'
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

// A swap exchanges the code and not these: client certificates are switched on for each slot, and so is what believes them.
resource sticky 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'slotConfigNames'
  properties: {
    appSettingNames: [
      'AzureFunctionsWebHost__hostid'
      'CLIENT_CERT_FRONT_END'
    ]
  }
}

module staging 'plan-slot.bicep' = {
  name: 'staging'
  params: {
    appName: app.name
    location: location
    tags: tags
    planId: plan.id
    identityId: identity.id
    clientCertMode: clientCertMode
    minTlsVersion: minTlsVersion
    deploymentIpRanges: deploymentIpRanges
    allowedIpRanges: allowedIpRanges
    isAlwaysOn: !isElastic
    settings: union(appSettings, isElastic ? { WEBSITE_CONTENTSHARE: shares[1] } : {})
  }
  dependsOn: [sticky]
}

resource noFtpUser 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
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

@description('The host name that callers use.')
output hostName string = app.properties.defaultHostName

@description('The host name of the slot.')
output stagingHostName string = staging.outputs.hostName
