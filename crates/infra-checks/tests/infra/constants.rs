//! Values that are plain texts to the compiler.

use infra_checks::{Expression, Infra, Resource, Value};

/// Built-in roles by their ids, each seen in Microsoft's documentation of built-in roles or in public templates.
const ROLES: [(&str, &str); 6] = [
    (
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
    ),
    (
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Metrics Publisher",
    ),
    (
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
    ),
    (
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Storage Queue Data Contributor",
    ),
    (
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Storage Table Data Contributor",
    ),
    (
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
    ),
];

/// Sizes of plans. Of Dedicated ones, those that have slots.
const SIZES: [&str; 11] = [
    "FC1", "EP1", "EP2", "EP3", "S1", "S2", "S3", "P0v3", "P1v3", "P2v3", "P3v3",
];

/// The versions whose types Bicep has (bicep-types-az, August 2026).
const VERSIONS: [(&str, &str); 12] = [
    ("Microsoft.App", "2026-01-01"),
    ("Microsoft.Authorization/roleAssignments", "2022-04-01"),
    ("Microsoft.Insights/actionGroups", "2023-01-01"),
    ("Microsoft.Insights/components", "2020-02-02"),
    (
        "Microsoft.Insights/diagnosticSettings",
        "2021-05-01-preview",
    ),
    ("Microsoft.Insights/scheduledQueryRules", "2026-03-01"),
    ("Microsoft.Insights/workbooks", "2023-06-01"),
    ("Microsoft.KeyVault/vaults", "2025-05-01"),
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "2024-11-30",
    ),
    ("Microsoft.OperationalInsights/workspaces", "2025-07-01"),
    ("Microsoft.Storage/storageAccounts", "2025-06-01"),
    ("Microsoft.Web", "2025-03-01"),
];

/// How often an alert looks, and what it looks back on: "Scheduled Query Rules", Azure Monitor's API.
const DURATIONS: [&str; 13] = [
    "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H",
    "P1D", "P2D",
];

/// Comparisons of an alert.
const OPERATORS: [&str; 5] = [
    "Equals",
    "GreaterThan",
    "GreaterThanOrEqual",
    "LessThan",
    "LessThanOrEqual",
];

pub(crate) fn problems(infra: &Infra) -> Vec<String> {
    let mut problems = Vec::new();
    for alert in infra.resources("Microsoft.Insights/scheduledQueryRules") {
        problems.extend(alert_problems(&alert));
    }
    for role in infra.resources("Microsoft.Authorization/roleAssignments") {
        problems.extend(role_problems(&role));
    }
    for plan in infra.resources("Microsoft.Web/serverfarms") {
        let sizes = SIZES.map(|size| Value::Text(size.to_owned()));
        problems.extend(crate::certificates::outside(
            &plan,
            "sku.name",
            &sizes,
            "a size that is known",
        ));
    }
    for (path, template) in infra.files() {
        for (symbol, declared) in &template.resources {
            let known = VERSIONS.iter().any(|(kind, version)| {
                *version == declared.version
                    && (declared.kind == *kind || declared.kind.starts_with(&format!("{kind}/")))
            });
            let found = format!("{}@{}", declared.kind, declared.version);
            problems.extend((!known).then(|| {
                format!("{path}: {symbol}: expected a version that was seen, found {found}")
            }));
        }
    }
    problems
}

fn alert_problems(alert: &Resource<'_>) -> Vec<String> {
    let texts = |texts: &[&str]| -> Vec<Value> {
        texts
            .iter()
            .map(|text| Value::Text((*text).to_owned()))
            .collect()
    };
    let (durations, operators) = (texts(&DURATIONS), texts(&OPERATORS));
    let severities: Vec<Value> = (0..=4).map(Value::Number).collect();
    let rows: [(&str, &[Value]); 5] = [
        ("properties.evaluationFrequency", &durations),
        ("properties.windowSize", &durations),
        ("properties.overrideQueryTimeRange", &durations),
        ("properties.criteria.allOf[].operator", &operators),
        ("properties.severity", &severities),
    ];
    let rows = rows.iter();
    rows.flat_map(|(property, allowed)| {
        crate::certificates::outside(alert, property, allowed, "what Azure Monitor takes")
    })
    .collect()
}

fn role_problems(role: &Resource<'_>) -> Vec<String> {
    let place = role.place();
    let mut problems = Vec::new();
    for id in role_ids(role) {
        let known = matches!(&id, Value::Text(id) if ROLES.iter().any(|(known, _)| known == id));
        problems
            .extend((!known).then(|| {
                format!("{place}: expected the id of a role that is known, found {id:?}")
            }));
    }
    let named = matches!(role.written("name"), Some(Expression::Call(name, arguments)) if name == "guid" && arguments.len() >= 3);
    problems.extend(
        (!named)
            .then(|| format!("{place}: expected a name by guid() of scope, principal and role")),
    );
    problems.extend(
        (!role.has("scope"))
            .then(|| format!("{place}: expected a scope smaller than the resource group")),
    );
    let principal = [Value::Text("ServicePrincipal".to_owned())];
    let type_of_principal = role.values("properties.principalType") == principal;
    problems.extend(
        (!type_of_principal)
            .then(|| format!("{place}: expected the principal type ServicePrincipal")),
    );
    problems
}

/// The ids that `subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id)` can have.
fn role_ids(role: &Resource<'_>) -> Vec<Value> {
    match role.written("properties.roleDefinitionId") {
        Some(Expression::Call(name, arguments))
            if name == "subscriptionResourceId" && arguments.len() == 2 =>
        {
            role.values_of(&arguments[1])
        }
        _ => vec![Value::Unknown],
    }
}
