//! Where this process runs, as far as its variables tell, and which front end can be there.

use app_settings::Environment;
use client_cert::FrontEnd;

use crate::host::contract::CORE_TOOLS_VARIABLE;

/// Set by App Service for each instance of an app, and nowhere else.
const APP_SERVICE: &str = "WEBSITE_INSTANCE_ID";

/// The plan of the app, with `FlexConsumption` on Flex.
const PLAN: &str = "WEBSITE_SKU";

/// On Flex: one of the first two together with the last (`EnvironmentExtensions.cs` of the host).
const FLEX_INSTANCE: [&str; 2] = ["CONTAINER_NAME", "WEBSITE_POD_NAME"];
const FLEX_PLATFORM: &str = "LEGION_SERVICE_HOST";

/// Set where App Service or Flex keeps a process for an app that is still to come.
const PLACEHOLDER: &str = "WEBSITE_PLACEHOLDER_MODE";

/// Set by Container Apps for each replica of an app ("Manage environment variables on Azure Container Apps", built-in
/// variables): the app, its revision, whose name is the app's, `--` and a suffix, and the domain of the environment. Jobs, which
/// have no ingress, have others. Kubernetes sets its own beside them, since Container Apps runs on it.
const CONTAINER_APP: &str = "CONTAINER_APP_NAME";
const CONTAINER_APP_REVISION: &str = "CONTAINER_APP_REVISION";
const CONTAINER_APP_DOMAIN: &str = "CONTAINER_APP_ENV_DNS_SUFFIX";

/// Variables, or prefixes of variables ending in `_`, of places where Azure Functions can run behind a front end that is
/// not App Service's.
const OTHER_HOSTS: [&str; 3] = ["CONTAINER_APP_", "KUBERNETES_", "MANAGED_ENVIRONMENT"];

/// Variables, or prefixes of variables ending in `_`, of clouds, where a caller could write the header themselves.
const CLOUDS: [&str; 21] = [
    APP_SERVICE,
    PLAN,
    FLEX_INSTANCE[0],
    FLEX_INSTANCE[1],
    FLEX_PLATFORM,
    OTHER_HOSTS[0],
    OTHER_HOSTS[1],
    OTHER_HOSTS[2],
    PLACEHOLDER,
    "WEBSITE_OWNER_NAME",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_",
    "ECS_CONTAINER_METADATA_",
    "K_SERVICE",
    "CLOUD_RUN_",
    "GAE_",
    "FUNCTION_TARGET",
    "DYNO",
    "FLY_APP_NAME",
    "NOMAD_ALLOC_ID",
    "RENDER_SERVICE_ID",
];

/// Why the declared front end cannot be in front of this process, by the variables that are set. Fails closed: a front
/// end is believed only where its place is certain.
pub(super) fn contradiction(declared: FrontEnd, environment: &Environment) -> Option<String> {
    match declared {
        FrontEnd::AppService => not_app_service(environment),
        FrontEnd::ContainerApps => not_container_apps(environment),
        FrontEnd::Development => first_set(environment, &CLOUDS).map(|name| {
            format!(
                "expected a developer's machine for development, found {name}, which clouds set; there a caller could \
                 write the header themselves; declare app-service on App Service, or unset {name} if this is your machine"
            )
        }),
        // It proves itself with each request, wherever this is.
        FrontEnd::Rfc9440 | FrontEnd::Undeclared => None,
    }
}

fn not_app_service(environment: &Environment) -> Option<String> {
    let elsewhere = first_set(environment, &OTHER_HOSTS);
    if let Some(name) = elsewhere.or_else(|| first_set(environment, &[CORE_TOOLS_VARIABLE])) {
        return Some(format!(
            "expected App Service for app-service, found {name}, which is set elsewhere; there App Service does not set \
             the header; declare development on your machine, or remove the setting"
        ));
    }
    (!is_app_service(environment)).then(|| {
        format!(
            "expected App Service for app-service, found neither {APP_SERVICE} nor the variables of Flex Consumption; \
             here App Service does not set the header; declare development on your machine, or remove the setting"
        )
    })
}

fn not_container_apps(environment: &Environment) -> Option<String> {
    let elsewhere = [
        APP_SERVICE,
        PLAN,
        FLEX_INSTANCE[1],
        FLEX_PLATFORM,
        PLACEHOLDER,
        CORE_TOOLS_VARIABLE,
    ];
    if let Some(name) = first_set(environment, &elsewhere) {
        return Some(format!(
            "expected Container Apps for container-apps, found {name}, which is set elsewhere; there nothing sets or removes \
             X-Forwarded-Client-Cert; declare app-service on App Service, development on your machine, or remove the setting"
        ));
    }
    (!is_container_app(environment)).then(|| {
        format!(
            "expected Container Apps for container-apps, found no {CONTAINER_APP} with its {CONTAINER_APP_REVISION} and \
             {CONTAINER_APP_DOMAIN}; here nothing sets or removes X-Forwarded-Client-Cert; declare development on your \
             machine, or remove the setting"
        )
    })
}

/// Whether the variables of an app in Container Apps are there, and agree.
fn is_container_app(environment: &Environment) -> bool {
    let value = |name| environment.get(name).map(|value| value.trimmed().expose());
    let (name, revision) = (value(CONTAINER_APP), value(CONTAINER_APP_REVISION));
    let suffix = revision
        .zip(name)
        .and_then(|(revision, name)| revision.strip_prefix(name)?.strip_prefix("--"));
    suffix.is_some_and(|suffix| !suffix.is_empty()) && environment.is_set(CONTAINER_APP_DOMAIN)
}

fn is_app_service(environment: &Environment) -> bool {
    let plan = environment.get(PLAN).map(|value| value.trimmed().expose());
    let is_flex_instance = environment.is_set(FLEX_PLATFORM)
        && FLEX_INSTANCE.iter().any(|name| environment.is_set(name));
    environment.is_set(APP_SERVICE)
        || plan.is_some_and(|plan| plan.eq_ignore_ascii_case("FlexConsumption"))
        || is_flex_instance
}

fn first_set<'a>(environment: &'a Environment, variables: &[&str]) -> Option<&'a str> {
    environment.names().find(|name| {
        variables.iter().any(|known| match known.strip_suffix('_') {
            Some(_) => name.starts_with(known),
            None => name == known,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a replica of an app in Container Apps has, beside others.
    macro_rules! replica {
        ($($other:expr),*) => {
            &[("CONTAINER_APP_NAME", "shop"), ("CONTAINER_APP_REVISION", "shop--0000001"), ("CONTAINER_APP_ENV_DNS_SUFFIX", "x.westeurope.azurecontainerapps.io"), $($other),*]
        };
    }

    /// Every place with its variables: which front ends can be true there.
    #[test]
    #[rustfmt::skip]
    fn each_place_allows_the_front_end_that_can_be_there() {
        use FrontEnd::{AppService, ContainerApps, Development};
        type Variables = &'static [(&'static str, &'static str)];
        let rows: [(&str, Variables, &[FrontEnd]); 36] = [
            ("a machine", &[], &[Development]),
            ("a machine with Core Tools", &[("FUNCTIONS_CORETOOLS_ENVIRONMENT", "True"), ("WEBSITE_HOSTNAME", "localhost:7071")], &[Development]),
            ("a blank variable", &[("WEBSITE_INSTANCE_ID", " ")], &[Development]),
            ("App Service", &[("WEBSITE_INSTANCE_ID", "0"), ("WEBSITE_SKU", "Standard")], &[AppService]),
            ("App Service in a container", &[("WEBSITE_INSTANCE_ID", "0"), ("CONTAINER_NAME", "x")], &[AppService]),
            ("Flex by its plan", &[("WEBSITE_SKU", "FlexConsumption")], &[AppService]),
            ("Flex by a container", &[("CONTAINER_NAME", "x"), ("LEGION_SERVICE_HOST", "y")], &[AppService]),
            ("Flex by a pod", &[("WEBSITE_POD_NAME", "x"), ("LEGION_SERVICE_HOST", "y")], &[AppService]),
            ("another plan without an instance", &[("WEBSITE_SKU", "Dynamic")], &[]),
            ("some container", &[("CONTAINER_NAME", "x")], &[]),
            ("some pod", &[("WEBSITE_POD_NAME", "x")], &[]),
            ("Container Apps", replica!(), &[ContainerApps]),
            ("Container Apps, with what Kubernetes sets", replica!(("KUBERNETES_PORT", "tcp://10.0.0.1:443"), ("KUBERNETES_SERVICE_HOST", "10.0.0.1")), &[ContainerApps]),
            ("Functions in Container Apps", replica!(("MANAGED_ENVIRONMENT", "x"), ("AzureWebJobsScriptRoot", "/home/site/wwwroot")), &[ContainerApps]),
            ("Container Apps without a domain", &[("CONTAINER_APP_NAME", "shop"), ("CONTAINER_APP_REVISION", "shop--1")], &[]),
            ("Container Apps without a revision", &[("CONTAINER_APP_NAME", "shop"), ("CONTAINER_APP_ENV_DNS_SUFFIX", "x")], &[]),
            ("the revision of another app", &[("CONTAINER_APP_NAME", "shop"), ("CONTAINER_APP_REVISION", "shopping--1"), ("CONTAINER_APP_ENV_DNS_SUFFIX", "x")], &[]),
            ("a revision without a suffix", &[("CONTAINER_APP_NAME", "shop"), ("CONTAINER_APP_REVISION", "shop--"), ("CONTAINER_APP_ENV_DNS_SUFFIX", "x")], &[]),
            ("a blank name", &[("CONTAINER_APP_NAME", " "), ("CONTAINER_APP_REVISION", "--1"), ("CONTAINER_APP_ENV_DNS_SUFFIX", "x")], &[]),
            ("a job in Container Apps", &[("CONTAINER_APP_JOB_NAME", "x"), ("CONTAINER_APP_JOB_EXECUTION_NAME", "y"), ("CONTAINER_APP_ENV_DNS_SUFFIX", "z")], &[]),
            ("Container Apps with a variable of App Service", replica!(("WEBSITE_INSTANCE_ID", "0")), &[]),
            ("Container Apps with a variable of Flex", replica!(("LEGION_SERVICE_HOST", "0")), &[]),
            ("Container Apps with a plan", replica!(("WEBSITE_SKU", "Standard")), &[]),
            ("Container Apps with the plan of Flex", replica!(("CONTAINER_NAME", "x"), ("WEBSITE_SKU", "FlexConsumption")), &[]),
            ("Container Apps with a pod of Flex", replica!(("WEBSITE_POD_NAME", "x")), &[]),
            ("Container Apps with a placeholder", replica!(("WEBSITE_PLACEHOLDER_MODE", "0")), &[]),
            ("Container Apps with a host name", replica!(("WEBSITE_HOSTNAME", "x")), &[ContainerApps]),
            ("Container Apps with a variable of Core Tools", replica!(("FUNCTIONS_CORETOOLS_ENVIRONMENT", "1")), &[]),
            ("a managed environment with a variable of App Service", &[("MANAGED_ENVIRONMENT", "x"), ("WEBSITE_INSTANCE_ID", "0")], &[]),
            ("Kubernetes", &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], &[]),
            ("Kubernetes with a variable of Container Apps", &[("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("CONTAINER_APP_NAME", "x")], &[]),
            ("Kubernetes with a variable of Azure's", &[("KUBERNETES_PORT", "x"), ("WEBSITE_INSTANCE_ID", "0")], &[]),
            ("Core Tools with a variable of Azure's", &[("FUNCTIONS_CORETOOLS_ENVIRONMENT", "1"), ("WEBSITE_INSTANCE_ID", "0")], &[]),
            ("Lambda", &[("AWS_LAMBDA_RUNTIME_API", "x")], &[]),
            ("Cloud Run", &[("K_SERVICE", "x")], &[]),
            ("a placeholder", &[("WEBSITE_PLACEHOLDER_MODE", "1")], &[]),
        ];
        for (place, variables, allowed) in rows {
            let environment: Environment = variables.iter().copied().collect();
            for (word, front_end) in FrontEnd::WORDS {
                let contradiction = contradiction(*front_end, &environment);
                let is_allowed = *front_end == FrontEnd::Rfc9440 || allowed.contains(front_end);
                assert_eq!(contradiction.is_none(), is_allowed, "{word} on {place}: {contradiction:?}");
            }
            assert!(contradiction(FrontEnd::Undeclared, &environment).is_none(), "{place}");
        }
    }
}
