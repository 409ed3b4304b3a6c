// Container Apps: the Functions host and the app in an image of your own.
using 'main.bicep'

param name = 'clientcert'
param hosting = 'container-apps'
param clientCertMode = 'Optional'
param containerImage = readEnvironmentVariable('CONTAINER_IMAGE', 'registry.example/client-cert:0.1.0')
param containerRegistry = readEnvironmentVariable('CONTAINER_REGISTRY', '')
