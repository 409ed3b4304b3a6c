//! Every app setting is known to what reads it.

use infra_checks::{Infra, Resource};

/// Settings of the Functions host, of App Service and of Application Insights: "App settings reference for Azure Functions", and
/// azure-platform's list of variables.
const OF_THE_PLATFORM: [&str; 13] = [
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AZURE_CLIENT_ID",
    "AzureFunctionsWebHost__hostid",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_RUNTIME",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
];

/// What every app has: the host's storage by identity, telemetry, and the front end.
const EVERYWHERE: [&str; 7] = [
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AZURE_CLIENT_ID",
    "AzureWebJobsStorage__accountName",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
    "CLIENT_CERT_FRONT_END",
];

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let places = [
        ("Microsoft.Web/sites", "properties.siteConfig.appSettings"),
        (
            "Microsoft.Web/sites/slots",
            "properties.siteConfig.appSettings",
        ),
        (
            "Microsoft.App/containerApps",
            "properties.template.containers[].env",
        ),
    ];
    let apps = places
        .iter()
        .flat_map(|(kind, property)| infra.resources(kind).map(|app| (app, *property)));
    apps.flat_map(|(app, property)| app_problems(&app, property))
        .collect()
}

fn app_problems(app: &Resource<'_>, property: &str) -> Vec<String> {
    let (place, keys) = (app.place(), app.keys(property));
    let unknown = keys.iter().filter(|key| !is_known(key));
    let mut problems: Vec<String> = unknown
        .map(|key| format!("{place}: expected a setting that something reads, found {key}"))
        .collect();
    let missing = EVERYWHERE
        .iter()
        .filter(|name| !keys.iter().any(|key| key == **name));
    problems.extend(missing.map(|name| format!("{place}: expected the setting {name}")));
    problems
}

fn is_known(name: &str) -> bool {
    let ours = [functions_handler::config::DECLARED, outbound_mtls::DECLARED];
    let ours = ours.iter().flat_map(|declared| declared.names());
    OF_THE_PLATFORM
        .iter()
        .chain(ours)
        .any(|known| *known == name)
}
