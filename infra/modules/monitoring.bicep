// The workspace that the lines of the log arrive in, by way of Application Insights.

@description('Name of both.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('How long lines are kept, in days.')
param retentionDays int

@description('The identity that sends telemetry.')
param publisherPrincipalId string

@description('The role that it needs for that.')
param publisherRoleId string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // Telemetry is taken from the app's identity alone: a connection string that leaks lets nobody write lines.
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, publisherPrincipalId, publisherRoleId)
  scope: insights
  properties: {
    principalId: publisherPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', publisherRoleId)
  }
}

@description('The workspace.')
output workspaceId string = workspace.id

@description('The name of the Application Insights component.')
output insightsName string = insights.name
