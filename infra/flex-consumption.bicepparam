// Flex Consumption: instances come and go with the calls, one app a plan, no slots.
using 'main.bicep'

param name = 'clientcert'
param hosting = 'flex-consumption'
param clientCertMode = 'Optional'
param instanceMemoryMB = 2048
param maximumInstanceCount = 40
