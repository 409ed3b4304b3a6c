//! Mistakes that the rules see: each is planted into the templates as they are.

/// A file, what it says, what it would say instead, and what the problem says.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

const FLEX: &str = "modules/flex-app.bicep";
const PLAN: &str = "modules/plan-app.bicep";
const SLOT: &str = "modules/plan-slot.bicep";
const CONTAINER: &str = "modules/container-app.bicep";

const MISTAKES: &[Mistake] = &[
    // Certificates that are off, or believed where they are not asked for.
    (
        FLEX,
        "clientCertEnabled: true",
        "clientCertEnabled: false",
        "clientCertEnabled",
    ),
    (
        SLOT,
        "    clientCertEnabled: true\n",
        "",
        "expected properties.clientCertEnabled to be set",
    ),
    (
        PLAN,
        "    clientCertMode: clientCertMode\n    httpsOnly",
        "    httpsOnly",
        "expected properties.clientCertMode to be set",
    ),
    (
        FLEX,
        "@allowed(['Required', 'Optional'])",
        "@allowed(['Required', 'Optional', 'OptionalInteractiveUser'])",
        "OptionalInteractiveUser",
    ),
    (
        PLAN,
        "    httpsOnly: true\n",
        "    httpsOnly: true\n    clientCertExclusionPaths: '/health'\n",
        "exclusion paths",
    ),
    (
        FLEX,
        "http20Enabled: false",
        "http20Enabled: true",
        "http20Enabled",
    ),
    (SLOT, "httpsOnly: true", "httpsOnly: false", "httpsOnly"),
    (
        FLEX,
        "  Optional: 'app-service'",
        "  Optional: 'appservice'",
        "CLIENT_CERT_FRONT_END",
    ),
    (
        PLAN,
        "      'CLIENT_CERT_FRONT_END'\n",
        "",
        "slotConfigNames",
    ),
    (
        CONTAINER,
        "Optional: 'accept'",
        "Optional: 'Optional'",
        "clientCertificateMode",
    ),
    (
        CONTAINER,
        "Optional: 'accept'",
        "Optional: 'ignore'",
        "clientCertificateMode",
    ),
    (
        CONTAINER,
        "allowInsecure: false",
        "allowInsecure: true",
        "allowInsecure",
    ),
    (
        CONTAINER,
        "transport: 'http'",
        "transport: 'auto'",
        "transport",
    ),
    (
        "main.bicep",
        "param minTlsVersion string = '1.2'",
        "param minTlsVersion string",
        "expected a value of minTlsVersion",
    ),
    (
        FLEX,
        "@allowed(['1.2', '1.3'])",
        "@allowed(['TLS1_2'])",
        "minTlsVersion",
    ),
    (
        SLOT,
        "@allowed(['1.2', '1.3'])",
        "@allowed(['1.1', '1.2'])",
        "minTlsVersion",
    ),
    // Flex Consumption.
    (FLEX, "name: 'custom'", "name: 'rust'", "runtime.name"),
    (
        FLEX,
        "version: '1.0'",
        "version: 'banana'",
        "runtime.version",
    ),
    (
        FLEX,
        "type: 'blobContainer'",
        "type: 'blob'",
        "storage.type",
    ),
    (
        FLEX,
        "    functionAppConfig: {",
        "    functionConfig: {",
        "expected properties.functionAppConfig.runtime.name to be set",
    ),
    (
        FLEX,
        "      deployment: {",
        "      deploy: {",
        "storage.type to be set",
    ),
    (
        FLEX,
        "@allowed([512, 2048, 4096])",
        "@allowed([512, 2047])",
        "instanceMemoryMB",
    ),
    (
        "flex-consumption.bicepparam",
        "maximumInstanceCount = 40",
        "maximumInstanceCount = 1",
        "maximumInstanceCount",
    ),
    (
        FLEX,
        "@minValue(40)",
        "@minValue(1)",
        "expected maximumInstanceCount between",
    ),
    (
        FLEX,
        "  AZURE_CLIENT_ID:",
        "  FUNCTIONS_WORKER_RUNTIME: 'custom'\n  AZURE_CLIENT_ID:",
        "refuses",
    ),
    (
        FLEX,
        "  AZURE_CLIENT_ID:",
        "  WEBSITE_LOAD_CERTIFICATES: '*'\n  AZURE_CLIENT_ID:",
        "refuses",
    ),
    (
        FLEX,
        "    siteConfig: {",
        "    siteConfig: {\n      alwaysOn: true",
        "siteConfig.alwaysOn",
    ),
    (FLEX, "name: 'FC1'", "name: 'FC9'", "sku.name"),
    (
        FLEX,
        "tier: 'FlexConsumption'",
        "tier: 'Flex'",
        "tier is FlexConsumption",
    ),
    // Roles, versions, storage.
    (
        "main.bicep",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955c",
        "role that is known",
    ),
    (
        "modules/storage-roles.bicep",
        "guid(account.id, principalId, roleId)",
        "guid(roleId)",
        "guid()",
    ),
    (
        "modules/key-vault.bicep",
        "  scope: vault\n  properties: {\n    principalId",
        "  properties: {\n    principalId",
        "scope",
    ),
    (
        "modules/key-vault.bicep",
        "vaults@2025-05-01",
        "vaults@2025-05-02",
        "version that was seen",
    ),
    (
        "modules/storage-account.bicep",
        "allowSharedKeyAccess: false",
        "allowSharedKeyAccess: true",
        "allowSharedKeyAccess",
    ),
    (
        "modules/storage-account.bicep",
        "publicAccess: 'None'",
        "publicAccess: 'Blob'",
        "publicAccess",
    ),
    (
        "modules/key-vault.bicep",
        "enableRbacAuthorization: true",
        "enableRbacAuthorization: false",
        "enableRbacAuthorization",
    ),
    // Alerts.
    (
        "modules/alerts.bicep",
        "operator: 'GreaterThan'",
        "operator: 'Greater'",
        "operator",
    ),
    (
        "modules/alerts.bicep",
        "every: 'PT6H'",
        "every: '6h'",
        "evaluationFrequency",
    ),
    (
        "modules/alerts.bicep",
        "lookBack: 'P2D'",
        "lookBack: 'P7D'",
        "overrideQueryTimeRange",
    ),
    (
        "modules/alerts.bicep",
        "severity: 1",
        "severity: 7",
        "severity",
    ),
    // Settings.
    (
        PLAN,
        "  CLIENT_CERT_FRONT_END:",
        "  CLIENT_CERT_FRONTEND:",
        "found CLIENT_CERT_FRONTEND",
    ),
    (
        "main.bicep",
        "  CLIENT_CERT_POLICY:",
        "  CLIENT_CERT_POLICY_URL:",
        "found CLIENT_CERT_POLICY_URL",
    ),
    (
        "main.bicep",
        "  OUTBOUND_CLIENT_CERT_KEY_VAULT:",
        "  OUTBOUND_CERT_KEY_VAULT:",
        "found OUTBOUND_CERT_KEY_VAULT",
    ),
    (
        SLOT,
        "AzureFunctionsWebHost__hostid:",
        "AzureFunctionsWebhost__hostid:",
        "found AzureFunctionsWebhost__hostid",
    ),
    (
        PLAN,
        "  AZURE_CLIENT_ID: identity.properties.clientId\n",
        "",
        "expected the setting AZURE_CLIENT_ID",
    ),
    // What the compiler would say.
    (
        FLEX,
        "identity.properties.clientId",
        "identty.properties.clientId",
        "expected a declaration of identty",
    ),
    (
        "main.bicep",
        "identity.outputs.principalId",
        "identity.outputs.principal",
        "expected an output principal",
    ),
    (
        "main.bicep",
        "    tags: tags\n",
        "",
        "expected the parameter tags",
    ),
    (
        "main.bicep",
        "    sku: planSku\n",
        "    size: planSku\n",
        "has no parameter size",
    ),
    (
        "main.bicep",
        "'modules/identity.bicep'",
        "'modules/identities.bicep'",
        "expected the file",
    ),
    (
        "main.bicep",
        "flexApp!.outputs",
        "flexApp.outputs",
        "expected ! after a module",
    ),
    (
        "main.bicep",
        "vault.outputs.uri",
        "vault!.outputs.uri",
        "expected ! after a module",
    ),
    (
        "flex-consumption.bicepparam",
        "'Optional'",
        "'OptionalInteractiveUser'",
        "expected an allowed value of clientCertMode",
    ),
    (
        "plan.bicepparam",
        "'EP1'",
        "'B1'",
        "expected an allowed value of planSku",
    ),
    // What its linter would say.
    (
        "modules/content-share.bicep",
        "${environment().suffixes.storage}",
        "core.windows.net",
        "no-hardcoded-env-urls",
    ),
    (
        "modules/identity.bicep",
        "location: location",
        "location: 'westeurope'",
        "no-hardcoded-location",
    ),
    (
        "modules/key-vault.bicep",
        "param workspaceId string",
        "param workspaceSecret string",
        "secure-secrets-in-params",
    ),
    (
        "modules/storage-account.bicep",
        "string = account.name",
        "string = account.listKeys().keys[0].value",
        "outputs-should-not-contain-secrets",
    ),
    (
        "main.bicep",
        "dependsOn: [hostStorageRoles, policyStorageRoles]",
        "dependsOn: [hostStorageRoles, policyStorageRoles, identity]",
        "no-unnecessary-dependson",
    ),
    (
        "modules/identity.bicep",
        "  name: name\n",
        "  name: '${name}'\n",
        "simplify-interpolation",
    ),
    (
        "modules/storage-account.bicep",
        "  name: 'default'\n",
        "  name: '${name}/default'\n",
        "use-parent-property",
    ),
    (
        "plan.bicepparam",
        "param planSku",
        "param sku",
        "has no parameter sku",
    ),
    (
        "modules/identity.bicep",
        "  tags: tags\n",
        "",
        "expected a use of tags",
    ),
    (
        "modules/identity.bicep",
        "@description('Tags.')\n",
        "",
        "expected a description of tags",
    ),
    (
        CONTAINER,
        "empty(registry)",
        "isEmpty(registry)",
        "expected a function, found isEmpty",
    ),
    (
        CONTAINER,
        "      ingress: {",
        "      ingress: [",
        "container-app.bicep: line",
    ),
    (
        "modules/identity.bicep",
        "  location: location\n  tags",
        "  location: location\n  location: location\n  tags",
        "each property once",
    ),
];

#[test]
fn each_planted_mistake_is_a_problem() {
    let files = crate::files();
    for (file, from, to, said) in MISTAKES {
        let mut planted = files.clone();
        let place = planted.iter_mut().find(|(path, _)| path == file);
        let (_, text) = place.unwrap_or_else(|| panic!("{file} is not there"));
        assert!(text.contains(from), "{file} says nowhere: {from}");
        *text = text.replace(from, to);
        let problems = crate::problems(&planted);
        let seen = problems.iter().any(|problem| problem.contains(said));
        assert!(
            seen,
            "{file}: {from} -> {to}: expected a problem with {said:?}, found {problems:#?}"
        );
    }
}
