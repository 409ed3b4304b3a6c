// Elastic Premium runs the app from a share of Azure Files, which is opened by a key. The key is in the vault and nowhere else.

@description('The storage account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The shares: one for each slot.')
param shares array

@description('The vault.')
@minLength(3)
@maxLength(24)
param vaultName string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2025-06-01' = [
  for shareName in shares: {
    parent: files
    name: shareName
    properties: {
      shareQuota: 5
    }
  }
]

resource connection 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'content-share'
  tags: tags
  properties: {
    contentType: 'the connection string of the share that the app runs from'
    value: 'DefaultEndpointsProtocol=https;AccountName=${account.name};AccountKey=${account.listKeys().keys[0].value};EndpointSuffix=${environment().suffixes.storage}'
  }
}
