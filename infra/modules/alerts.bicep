// The alerts, each on a query of infra/queries/alerts. They look at the workspace, and say so by caller, reason or instance.

@description('Base of their names.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('The workspace that the lines arrive in.')
param workspaceId string

@description('Who gets them. Empty: nobody.')
param email string

@description('After how many hours a caller counts as silent.')
@minValue(1)
@maxValue(36)
param quietHours int

var certificateEnds = loadTextContent('../queries/alerts/certificate-ends.kql')
var callerSilent = loadTextContent('../queries/alerts/caller-silent.kql')

// `lookBack` is the time that a query sees; two days are the most that an alert can.
var rules = [
  {
    name: 'reason-spike'
    title: 'Client certificates: one reason refuses far more calls than before'
    severity: 2
    every: 'PT5M'
    lookBack: 'P1D'
    splitBy: 'Reason'
    query: loadTextContent('../queries/alerts/reason-spike.kql')
  }
  {
    name: 'certificate-ends-21'
    title: 'Client certificates: one ends in less than 21 days'
    severity: 3
    every: 'PT6H'
    lookBack: 'P1D'
    splitBy: 'Thumbprint'
    query: replace(replace(certificateEnds, '{AtLeastDays}', '7'), '{BelowDays}', '21')
  }
  {
    name: 'certificate-ends-7'
    title: 'Client certificates: one ends in less than 7 days'
    severity: 1
    every: 'PT1H'
    lookBack: 'P1D'
    splitBy: 'Thumbprint'
    query: replace(replace(certificateEnds, '{AtLeastDays}', '0'), '{BelowDays}', '7')
  }
  {
    name: 'policy-not-loaded'
    title: 'Client certificates: the policy does not load, or is too old'
    severity: 1
    every: 'PT5M'
    lookBack: 'PT15M'
    splitBy: 'Instance'
    query: loadTextContent('../queries/alerts/policy-not-loaded.kql')
  }
  {
    name: 'caller-silent'
    title: 'Client certificates: a caller that used to call has not been admitted for hours'
    severity: 2
    every: 'PT1H'
    lookBack: 'P2D'
    splitBy: 'Caller'
    query: replace(callerSilent, '{QuietHours}', string(quietHours))
  }
]

resource receivers 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'clientcert'
    emailReceivers: empty(email) ? [] : [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.title
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.every
      overrideQueryTimeRange: rule.lookBack
      // The workspace has no AppTraces before the first line arrives.
      skipQueryValidation: true
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: [
              {
                name: rule.splitBy
                operator: 'Include'
                values: ['*']
              }
            ]
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [receivers.id]
      }
    }
  }
]
