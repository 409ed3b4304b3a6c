//! Flex Consumption: what it needs, and what it refuses.

use infra_checks::{Expression, Infra, Resource, Value};

use crate::certificates::outside;

/// What an instance of Flex Consumption can have, in MB.
const INSTANCE_MEMORY: [i64; 3] = [512, 2048, 4096];

/// The least and the greatest `maximumInstanceCount`.
const INSTANCES: std::ops::RangeInclusive<i64> = 40..=1000;

/// Settings that Flex Consumption does not take: those that the Azure CLI (2.91, `flex-migration`) leaves out when it moves an app
/// there, and WEBSITE_LOAD_CERTIFICATES.
const REFUSED: [&str; 18] = [
    "AzureWebJobsDashboard",
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY",
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTOVERVNET",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_DNS_SERVER",
    "WEBSITE_LOAD_CERTIFICATES",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
    "WEBSITE_VNET_ROUTE_ALL",
];

/// Properties of `siteConfig` that its plan decides.
const REFUSED_PROPERTIES: [&str; 5] = [
    "alwaysOn",
    "functionAppScaleLimit",
    "linuxFxVersion",
    "minimumElasticInstanceCount",
    "preWarmedInstanceCount",
];

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let flex = |resource: &Resource<'_>| {
        let file = resource.path().to_owned();
        let mut plans = infra.resources("Microsoft.Web/serverfarms");
        plans.any(|plan| {
            plan.path() == file
                && plan.values("sku.tier") == [Value::Text("FlexConsumption".to_owned())]
        })
    };
    let apps: Vec<Resource<'_>> = infra
        .resources("Microsoft.Web/sites")
        .filter(flex)
        .collect();
    if apps.is_empty() {
        return vec!["expected an app beside a plan whose tier is FlexConsumption".to_owned()];
    }
    apps.iter()
        .flat_map(|app| app_problems(infra, app))
        .collect()
}

fn app_problems(infra: &Infra, app: &Resource<'_>) -> Vec<String> {
    let config = "properties.functionAppConfig";
    let text = |text: &str| Value::Text(text.to_owned());
    let memory = INSTANCE_MEMORY.map(Value::Number);
    let counts: Vec<Value> = INSTANCES.map(Value::Number).collect();
    let rows: [(String, &[Value], &str); 6] = [
        (
            format!("{config}.runtime.name"),
            &[text("custom")],
            "a custom handler",
        ),
        (
            format!("{config}.runtime.version"),
            &[text("1.0")],
            "the version that samples of custom handlers have",
        ),
        (
            format!("{config}.deployment.storage.type"),
            &[text("blobContainer")],
            "the one kind",
        ),
        (
            format!("{config}.deployment.storage.authentication.type"),
            &[text("UserAssignedIdentity")],
            "no key",
        ),
        (
            format!("{config}.scaleAndConcurrency.instanceMemoryMB"),
            &memory,
            "the sizes there are",
        ),
        (
            format!("{config}.scaleAndConcurrency.maximumInstanceCount"),
            &counts,
            "its bounds",
        ),
    ];
    let mut problems: Vec<String> = rows
        .iter()
        .flat_map(|(property, allowed, reason)| outside(app, property, allowed, reason))
        .collect();
    if !app.has(&format!("{config}.deployment.storage.value")) {
        problems.push(format!(
            "{}: expected the container of the package",
            app.place()
        ));
    }
    problems.extend(unbounded(infra, app));
    let settings = app.keys("properties.siteConfig.appSettings").into_iter();
    let refused = settings.filter(|name| {
        REFUSED
            .iter()
            .any(|refused| refused.eq_ignore_ascii_case(name))
    });
    problems.extend(refused.map(|name| {
        format!(
            "{}: expected no {name}: Flex Consumption refuses it",
            app.place()
        )
    }));
    let has = REFUSED_PROPERTIES
        .iter()
        .filter(|name| app.has(&format!("properties.siteConfig.{name}")));
    problems.extend(has.map(|name| {
        format!(
            "{}: expected no siteConfig.{name}: the plan decides it",
            app.place()
        )
    }));
    problems
}

/// A count that a parameter gives is bounded by it.
fn unbounded(infra: &Infra, app: &Resource<'_>) -> Option<String> {
    let written =
        app.written("properties.functionAppConfig.scaleAndConcurrency.maximumInstanceCount");
    let Some(Expression::Name(name)) = written else {
        return None;
    };
    let parameter = infra.file(app.path())?.parameters.get(name)?;
    let bound = |decorator: &str| match parameter.decorators.get(decorator) {
        Some(Expression::Number(number)) => Some(*number),
        _ => None,
    };
    let fits = bound("minValue") == Some(*INSTANCES.start())
        && bound("maxValue") == Some(*INSTANCES.end());
    (!fits).then(|| format!("{}: expected {name} between {INSTANCES:?}", app.place()))
}
