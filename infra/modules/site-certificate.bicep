// A certificate of the vault that App Service loads for the code of one app: Flex Consumption knows no WEBSITE_LOAD_CERTIFICATES.

@description('The app.')
param appName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The app\'s plan.')
param planId string

@description('The identity that imports it.')
param principalId string

@description('The role that importing needs.')
param roleId string

@description('The vault.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('The certificate\'s name in the vault.')
param certificate string

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource importer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roleId)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
  }
}

resource loaded 'Microsoft.Web/sites/certificates@2025-03-01' = {
  parent: app
  name: certificate
  location: location
  tags: tags
  properties: {
    keyVaultId: vault.id
    keyVaultSecretName: certificate
    serverFarmId: planId
    // Azure CLI 2.91 sends both as plain JSON; the compiler's types do not have them.
    #disable-next-line BCP037
    enableKeyVaultAccessUsingMSI: true
    #disable-next-line BCP037
    loadCertificateToWebsitesSettings: {
      loadToWebsite: true
    }
  }
  dependsOn: [importer]
}
