// The workbook: one chart or table for each query of infra/queries.

@description('Its title.')
param title string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The workspace that the lines arrive in.')
param workspaceId string

var parts = [
  { title: 'Decisions', visualization: 'timechart', query: loadTextContent('../queries/decisions.kql') }
  { title: 'Refusals by reason', visualization: 'timechart', query: loadTextContent('../queries/refusals.kql') }
  { title: 'Refused callers', visualization: 'table', query: loadTextContent('../queries/refused-callers.kql') }
  { title: 'Admitted calls', visualization: 'table', query: loadTextContent('../queries/callers.kql') }
  { title: 'Certificates by days left', visualization: 'table', query: loadTextContent('../queries/certificates.kql') }
  { title: 'Notices', visualization: 'table', query: loadTextContent('../queries/notices.kql') }
  { title: 'Policy by instance', visualization: 'table', query: loadTextContent('../queries/policies.kql') }
  { title: 'The policy on trial', visualization: 'table', query: loadTextContent('../queries/report-only.kql') }
  { title: 'Revocation', visualization: 'timechart', query: loadTextContent('../queries/revocation.kql') }
  { title: 'Revocation lists', visualization: 'table', query: loadTextContent('../queries/revocation-lists.kql') }
  { title: 'Starts', visualization: 'timechart', query: loadTextContent('../queries/cold-starts.kql') }
  { title: 'Lost lines', visualization: 'timechart', query: loadTextContent('../queries/lines-lost.kql') }
]

var timeRange = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    parameters: [
      {
        id: guid(workspaceId, 'TimeRange')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [
            { durationMs: 3600000 }
            { durationMs: 86400000 }
            { durationMs: 604800000 }
            { durationMs: 2592000000 }
          ]
        }
      }
    ]
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
  }
}

var charts = map(parts, part => {
  type: 3
  name: part.title
  content: {
    version: 'KqlItem/1.0'
    title: part.title
    query: part.query
    size: 0
    timeContextFromParameter: 'TimeRange'
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspaceId]
    visualization: part.visualization
  }
})

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, workspaceId, 'client certificates')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: title
    sourceId: workspaceId
    version: '1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([timeRange], charts)
      fallbackResourceIds: [workspaceId]
    })
  }
}
