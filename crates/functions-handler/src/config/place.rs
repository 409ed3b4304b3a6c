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
    "WEBSITE_PLACEHOLDER_MODE",
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
        FrontEnd::Development => first_set(environment, &CLOUDS).map(|name| {
            format!(
                "expected a developer's machine for development, found {name}, which clouds set; there a caller could \
                 write the header themselves; declare app-service on App Service, or unset {name} if this is your machine"
            )
        }),
        FrontEnd::Undeclared => None,
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

    /// Every place with its variables: whether `app-service` and `development` can be true there.
    #[test]
    #[rustfmt::skip]
    fn each_place_allows_the_front_end_that_can_be_there() {
        type Variables = &'static [(&'static str, &'static str)];
        let rows: [(&str, Variables, bool, bool); 19] = [
            ("a machine", &[], false, true),
            ("a machine with Core Tools", &[("FUNCTIONS_CORETOOLS_ENVIRONMENT", "True"), ("WEBSITE_HOSTNAME", "localhost:7071")], false, true),
            ("a blank variable", &[("WEBSITE_INSTANCE_ID", " ")], false, true),
            ("App Service", &[("WEBSITE_INSTANCE_ID", "0"), ("WEBSITE_SKU", "Standard")], true, false),
            ("App Service in a container", &[("WEBSITE_INSTANCE_ID", "0"), ("CONTAINER_NAME", "x")], true, false),
            ("Flex by its plan", &[("WEBSITE_SKU", "FlexConsumption")], true, false),
            ("Flex by a container", &[("CONTAINER_NAME", "x"), ("LEGION_SERVICE_HOST", "y")], true, false),
            ("Flex by a pod", &[("WEBSITE_POD_NAME", "x"), ("LEGION_SERVICE_HOST", "y")], true, false),
            ("another plan without an instance", &[("WEBSITE_SKU", "Dynamic")], false, false),
            ("some container", &[("CONTAINER_NAME", "x")], false, false),
            ("some pod", &[("WEBSITE_POD_NAME", "x")], false, false),
            ("Container Apps", &[("CONTAINER_APP_NAME", "x"), ("CONTAINER_APP_REVISION", "y")], false, false),
            ("Functions on Container Apps", &[("MANAGED_ENVIRONMENT", "x"), ("WEBSITE_INSTANCE_ID", "0")], false, false),
            ("Kubernetes", &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], false, false),
            ("Kubernetes with a variable of Azure's", &[("KUBERNETES_PORT", "x"), ("WEBSITE_INSTANCE_ID", "0")], false, false),
            ("Core Tools with a variable of Azure's", &[("FUNCTIONS_CORETOOLS_ENVIRONMENT", "1"), ("WEBSITE_INSTANCE_ID", "0")], false, false),
            ("Lambda", &[("AWS_LAMBDA_RUNTIME_API", "x")], false, false),
            ("Cloud Run", &[("K_SERVICE", "x")], false, false),
            ("a placeholder", &[("WEBSITE_PLACEHOLDER_MODE", "1")], false, false),
        ];
        for (place, variables, app_service, development) in rows {
            let environment: Environment = variables.iter().copied().collect();
            let allowed = |declared| contradiction(declared, &environment).is_none();
            assert_eq!(allowed(FrontEnd::AppService), app_service, "app-service on {place}");
            assert_eq!(allowed(FrontEnd::Development), development, "development on {place}");
            assert!(allowed(FrontEnd::Undeclared), "{place}");
        }
    }
}
