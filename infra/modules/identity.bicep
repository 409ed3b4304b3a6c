// The app's identity. It is a resource of its own, so that its roles are there before the app starts, and a slot has the same.

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Its name.')
output name string = identity.name

@description('What roles are assigned to.')
output principalId string = identity.properties.principalId
