// What an app that admits callers by their client certificate needs in one resource group. README.md says what this makes, and why.
targetScope = 'resourceGroup'

@description('Base of all names, in lower case.')
@minLength(3)
@maxLength(18)
param name string

@description('Region of everything that has one.')
param location string = resourceGroup().location

@description('Tags of everything that can have some.')
param tags object = {}

@description('What the app runs on. `plan` is Elastic Premium or Dedicated, by planSku; `container-apps` is Azure Container Apps.')
@allowed(['flex-consumption', 'plan', 'container-apps'])
param hosting string = 'flex-consumption'

@description('Whether a caller without a certificate reaches the app. `Optional` lets public functions answer anyone; the app refuses the secured calls. There is no value that switches certificates off: the app would believe a header that anybody can write.')
@allowed(['Required', 'Optional'])
param clientCertMode string = 'Optional'

@description('The oldest TLS version that the front end accepts.')
@allowed(['1.2', '1.3'])
param minTlsVersion string = '1.2'

@description('Addresses in CIDR notation that may call the app. Empty: all of them, since the certificate is what admits.')
param allowedIpRanges array = []

@description('Addresses in CIDR notation that may deploy the app. Empty: all of them, since a deployment signs in with Microsoft Entra ID.')
param deploymentIpRanges array = []

@description('The blob with the policy document, in the container `policy`. Until it is there, every secured call is refused. Empty: the policy comes from appSettings: lists, or CLIENT_CERT_POLICY with a file of the package such as trust/policy.json.')
param policyBlob string = 'policy.json'

@description('Further app settings by name. They cannot replace those that the template sets.')
param appSettings object = {}

@description('Further app settings whose values are in the vault: the name of the setting, and that of what it refers to.')
param vaultSettings object = {}

@description('The certificate in the vault that the app presents to services that it calls. Empty: none.')
param outboundCertificate string = ''

@description('Flex Consumption: the certificate in the vault that App Service loads for the code. Empty: none.')
param siteCertificate string = ''

@description('Flex Consumption: the memory of an instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Flex Consumption: the most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Plan: its size. Only sizes with deployment slots.')
@allowed(['EP1', 'EP2', 'EP3', 'S1', 'S2', 'S3', 'P0v3', 'P1v3', 'P2v3', 'P3v3'])
param planSku string = 'EP1'

@description('Elastic Premium: whether the app and its slot have been swapped an odd number of times. A swap exchanges the shares that they run from; a deployment of the templates with the wrong value brings the former code back.')
param isSwapped bool = false

@description('Container Apps: the image with the Functions host and the app, by its digest.')
param containerImage string = ''

@description('Container Apps: the registry that the image is pulled from with the app\'s identity. Empty: an image that anybody may pull.')
param containerRegistry string = ''

@description('Container Apps: the most replicas.')
@minValue(1)
@maxValue(300)
param maximumReplicas int = 10

@description('How long lines of the log are kept, in days.')
@minValue(30)
@maxValue(730)
param retentionDays int = 90

@description('Who gets the alerts. Empty: they are shown in Azure Monitor alone.')
param alertEmail string = ''

@description('After how many hours without an admitted call a caller that used to call is reported.')
@minValue(1)
@maxValue(36)
param quietHours int = 24

var unique = uniqueString(resourceGroup().id, name)
var appName = '${name}-${unique}'

// Built-in roles: Azure built-in roles, learn.microsoft.com/azure/role-based-access-control/built-in-roles.
var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

var policySettings = empty(policyBlob) ? {} : {
  CLIENT_CERT_POLICY: '${policyStorage.outputs.blobEndpoint}policy/${policyBlob}'
}
var outboundSettings = empty(outboundCertificate) ? {} : {
  OUTBOUND_CLIENT_CERT_KEY_VAULT: '${vault.outputs.uri}certificates/${outboundCertificate}'
}
var vaultReferences = map(items(vaultSettings), setting => {
  key: setting.key
  value: '@Microsoft.KeyVault(VaultName=${vault.outputs.name};SecretName=${setting.value})'
})
var settings = union(
  appSettings,
  toObject(vaultReferences, entry => entry.key, entry => entry.value),
  policySettings,
  outboundSettings
)

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-${appName}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: appName
    location: location
    tags: tags
    retentionDays: retentionDays
    publisherPrincipalId: identity.outputs.principalId
    publisherRoleId: roles.monitoringMetricsPublisher
  }
}

module hostStorage 'modules/storage-account.bicep' = {
  name: 'host-storage'
  params: {
    name: 'host${unique}'
    location: location
    tags: tags
    containers: ['deployment']
    keepsVersions: false
    workspaceId: monitoring.outputs.workspaceId
  }
}

module hostStorageRoles 'modules/storage-roles.bicep' = {
  name: 'host-storage-roles'
  params: {
    accountName: hostStorage.outputs.name
    principalId: identity.outputs.principalId
    roleIds: [
      roles.storageBlobDataOwner
      roles.storageQueueDataContributor
      roles.storageTableDataContributor
    ]
  }
}

// An account of its own: the app owns the blobs of the host's, and must not be able to write its policy.
module policyStorage 'modules/storage-account.bicep' = {
  name: 'policy-storage'
  params: {
    name: 'policy${unique}'
    location: location
    tags: tags
    containers: ['policy']
    keepsVersions: true
    workspaceId: monitoring.outputs.workspaceId
  }
}

module policyStorageRoles 'modules/storage-roles.bicep' = {
  name: 'policy-storage-roles'
  params: {
    accountName: policyStorage.outputs.name
    principalId: identity.outputs.principalId
    roleIds: [roles.storageBlobDataReader]
  }
}

module vault 'modules/key-vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${unique}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    readerPrincipalId: identity.outputs.principalId
    readerRoleId: roles.keyVaultSecretsUser
  }
}

module flexApp 'modules/flex-app.bicep' = if (hosting == 'flex-consumption') {
  name: 'flex-app'
  params: {
    name: appName
    location: location
    tags: tags
    identityName: identity.outputs.name
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    storageAccountName: hostStorage.outputs.name
    deploymentContainer: '${hostStorage.outputs.blobEndpoint}deployment'
    clientCertMode: clientCertMode
    minTlsVersion: minTlsVersion
    allowedIpRanges: allowedIpRanges
    deploymentIpRanges: deploymentIpRanges
    settings: settings
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    vaultName: vault.outputs.name
    siteCertificate: siteCertificate
    certificateRoleId: roles.keyVaultSecretsUser
  }
  dependsOn: [hostStorageRoles, policyStorageRoles]
}

module contentShare 'modules/content-share.bicep' = if (hosting == 'plan' && startsWith(planSku, 'EP')) {
  name: 'content-share'
  params: {
    accountName: 'content${unique}'
    location: location
    tags: tags
    shares: [appName, '${appName}-staging']
    vaultName: vault.outputs.name
  }
}

module planApp 'modules/plan-app.bicep' = if (hosting == 'plan') {
  name: 'plan-app'
  params: {
    name: appName
    location: location
    tags: tags
    sku: planSku
    isSwapped: isSwapped
    identityName: identity.outputs.name
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    storageAccountName: hostStorage.outputs.name
    vaultName: vault.outputs.name
    clientCertMode: clientCertMode
    minTlsVersion: minTlsVersion
    allowedIpRanges: allowedIpRanges
    deploymentIpRanges: deploymentIpRanges
    settings: settings
  }
  dependsOn: [contentShare, hostStorageRoles, policyStorageRoles]
}

module containerApp 'modules/container-app.bicep' = if (hosting == 'container-apps') {
  name: 'container-app'
  params: {
    name: appName
    location: location
    tags: tags
    identityName: identity.outputs.name
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    storageAccountName: hostStorage.outputs.name
    clientCertMode: clientCertMode
    allowedIpRanges: allowedIpRanges
    settings: settings
    image: containerImage
    registry: containerRegistry
    maximumReplicas: maximumReplicas
  }
  dependsOn: [hostStorageRoles, policyStorageRoles]
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    title: 'Client certificates of ${name}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: appName
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
    quietHours: quietHours
  }
}

var serverHostName = hosting == 'plan' ? planApp!.outputs.hostName : containerApp!.outputs.hostName
var publicHostName = hosting == 'flex-consumption' ? flexApp!.outputs.hostName : serverHostName

@description('The name of the app.')
output appName string = appName

@description('The host name that callers use.')
output hostName string = publicHostName

@description('The host name of the slot that is deployed and probed before it is swapped in. Empty: this hosting has no slots.')
output stagingHostName string = hosting == 'plan' ? planApp!.outputs.stagingHostName : ''

@description('Where the policy document is written to.')
output policyContainer string = '${policyStorage.outputs.blobEndpoint}policy'

@description('The vault for outbound identities.')
output vaultName string = vault.outputs.name

@description('What checks the deployed app from outside: strangers and forged headers must not be admitted.')
output probeCommand string = 'cargo mtls probe https://${publicHostName} --function SecuredFunction --public PublicFunction --allowed certs/allowed.pfx --denied certs/denied.pfx'
