// The slot `staging`. It asks for certificates as the app does: a slot without them would believe a header that anybody can write.

@description('The app.')
param appName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The app\'s plan.')
param planId string

@description('The app\'s identity.')
param identityId string

@description('Whether a caller without a certificate reaches the slot.')
@allowed(['Required', 'Optional'])
param clientCertMode string

@description('The oldest TLS version that the front end accepts.')
@allowed(['1.2', '1.3'])
param minTlsVersion string

@description('Addresses that may call the slot. Empty: all.')
param allowedIpRanges array

@description('Addresses that may deploy the slot. Empty: all.')
param deploymentIpRanges array

@description('Whether the slot stays loaded.')
param isAlwaysOn bool

@description('The settings of the app.')
param settings object

// Host ids are cut after 32 characters of the host name, and those of the app and its slot could be the same.
var appSettings = union(settings, {
  AzureFunctionsWebHost__hostid: 'staging-${uniqueString(app.id)}'
})

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource slot 'Microsoft.Web/sites/slots@2025-03-01' = {
  parent: app
  name: 'staging'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: planId
    reserved: true
    clientCertEnabled: true
    clientCertMode: clientCertMode
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: 'Enabled'
    siteConfig: {
      alwaysOn: isAlwaysOn
      appSettings: map(items(appSettings), setting => {
        name: setting.key
        value: setting.value
      })
      ftpsState: 'Disabled'
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

resource noFtpUser 'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: slot
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noPublishingUser 'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: slot
  name: 'scm'
  properties: {
    allow: false
  }
}

@description('The host name of the slot.')
output hostName string = slot.properties.defaultHostName
