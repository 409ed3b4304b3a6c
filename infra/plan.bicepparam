// Elastic Premium, with a slot that is probed before it is swapped in. `P1v3` is a Dedicated plan.
using 'main.bicep'

param name = 'clientcert'
param hosting = 'plan'
param clientCertMode = 'Optional'
param planSku = 'EP1'
