//! Values against the constants of Azure's API, as its SDK for JavaScript has them.

use std::fs;
use std::path::Path;

use infra_checks::{Infra, Value};

/// The folder with `package.json`.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools");

/// A property, and the constants that it takes.
struct Row {
    kind: &'static str,
    property: &'static str,
    package: &'static str,
    constants: &'static str,
}

const fn row(
    kind: &'static str,
    property: &'static str,
    package: &'static str,
    constants: &'static str,
) -> Row {
    Row {
        kind,
        property,
        package,
        constants,
    }
}

const SITE: &str = "Microsoft.Web/sites";
const SLOT: &str = "Microsoft.Web/sites/slots";
const CONTAINER_APP: &str = "Microsoft.App/containerApps";
const WEB: &str = "arm-appservice";
const APP: &str = "arm-appcontainers";

const ROWS: [Row; 14] = [
    row(
        SITE,
        "properties.siteConfig.minTlsVersion",
        WEB,
        "KnownSupportedTlsVersions",
    ),
    row(
        SITE,
        "properties.siteConfig.scmMinTlsVersion",
        WEB,
        "KnownSupportedTlsVersions",
    ),
    row(
        SLOT,
        "properties.siteConfig.minTlsVersion",
        WEB,
        "KnownSupportedTlsVersions",
    ),
    row(
        SITE,
        "properties.siteConfig.ftpsState",
        WEB,
        "KnownFtpsState",
    ),
    row(
        SITE,
        "properties.siteConfig.ipSecurityRestrictionsDefaultAction",
        WEB,
        "KnownDefaultAction",
    ),
    row(
        SITE,
        "properties.siteConfig.scmIpSecurityRestrictionsDefaultAction",
        WEB,
        "KnownDefaultAction",
    ),
    row(
        SITE,
        "properties.functionAppConfig.runtime.name",
        WEB,
        "KnownRuntimeName",
    ),
    row(
        SITE,
        "properties.functionAppConfig.deployment.storage.type",
        WEB,
        "KnownFunctionsDeploymentStorageType",
    ),
    row(
        SITE,
        "properties.functionAppConfig.deployment.storage.authentication.type",
        WEB,
        "KnownAuthenticationType",
    ),
    row(CONTAINER_APP, "kind", APP, "KnownKind"),
    row(
        CONTAINER_APP,
        "properties.configuration.activeRevisionsMode",
        APP,
        "KnownActiveRevisionsMode",
    ),
    row(
        CONTAINER_APP,
        "properties.configuration.ingress.clientCertificateMode",
        APP,
        "KnownIngressClientCertificateMode",
    ),
    row(
        CONTAINER_APP,
        "properties.configuration.ingress.transport",
        APP,
        "KnownIngressTransportMethod",
    ),
    row(
        CONTAINER_APP,
        "properties.configuration.ingress.ipSecurityRestrictions[].action",
        APP,
        "KnownAction",
    ),
];

#[test]
fn every_value_is_one_that_the_api_knows() {
    if !Path::new(TOOLS).join("node_modules/@azure").exists() {
        test_support::skipped(
            "Azure's SDK is not installed: npm ci --prefix crates/infra-checks/tests/tools",
        );
        return;
    }
    let files = crate::files();
    let infra = Infra::read(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    )
    .unwrap();
    for row in ROWS {
        let constants = constants(row.package, row.constants);
        let resources: Vec<_> = infra.resources(row.kind).collect();
        let values: Vec<Value> = resources
            .iter()
            .flat_map(|resource| resource.values(row.property))
            .collect();
        assert!(
            !values.is_empty(),
            "{} of {} is set nowhere",
            row.property,
            row.kind
        );
        for value in values {
            let known = matches!(&value, Value::Text(text) if constants.contains(text));
            assert!(
                known,
                "{} of {}: expected one of {constants:?}, found {value:?}",
                row.property, row.kind
            );
        }
    }
}

/// The values of an `enum` in the package's types.
fn constants(package: &str, name: &str) -> Vec<String> {
    let types = Path::new(TOOLS).join(format!(
        "node_modules/@azure/{package}/dist/commonjs/models/models.d.ts"
    ));
    let types = fs::read_to_string(types).unwrap();
    let (_, after) = types
        .split_once(&format!("export declare enum {name} {{"))
        .unwrap();
    let (declared, _) = after.split_once('}').unwrap();
    let values = declared.lines().filter_map(|line| line.split('"').nth(1));
    let values: Vec<String> = values.map(str::to_owned).collect();
    assert!(!values.is_empty(), "{name}");
    values
}
