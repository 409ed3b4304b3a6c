//! What `host.json` and the bindings ask of the platform.

use std::time::Duration;

use functions_handler::host::FunctionTimeout;
use serde_json::Value;

use super::finding::{Finding, Kind, Severity};
use super::json_file::member;
use super::subject::Subject;

/// Types of bindings that the host has without an extension (`ScriptHost`, `WebJobs.Script.WebHost`).
const BUILT_IN: [&str; 4] = ["http", "httpTrigger", "timerTrigger", "warmupTrigger"];

/// The longest `functionTimeout` with which the host starts on the Consumption plan (`ScriptJobHostOptionsSetup.cs`).
const CONSUMPTION_LIMIT: Duration = Duration::from_secs(10 * 60);

/// The setting by which the gate takes the prefix off.
const STRIP: &str = "CLIENT_CERT_UPSTREAM_STRIP";

/// Extensions, time limits and the route prefix.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let single = [time_limit(subject), route_prefix(subject)];
    let single = single.into_iter().flatten();
    extension_bundle(subject)
        .into_iter()
        .chain(single)
        .collect()
}

/// Every binding whose extension nobody brings.
fn extension_bundle(subject: &Subject) -> Vec<Finding> {
    let is_there = subject.host_json.get("extensionBundle.id").is_some()
        || ["extensions.csproj", "bin/extensions.json"]
            .iter()
            .any(|name| subject.folder.join(name).is_file());
    if is_there {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (name, file) in &subject.function_files {
        let bindings = file.get("bindings").and_then(Value::as_array);
        for (index, binding) in bindings.into_iter().flatten().enumerate() {
            let kind = member(binding, "type").and_then(Value::as_str);
            let is_built_in = |kind: &&str| {
                BUILT_IN
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(kind))
            };
            let Some(kind) = kind.filter(|kind| !is_built_in(kind)) else {
                continue;
            };
            findings.push(Finding {
                severity: Severity::Error,
                kind: Kind::ExtensionBundle,
                place: file.place(&format!("bindings[{index}].type")),
                found: format!("{kind} comes from an extension, and host.json has no extensionBundle").into(),
                happens: format!("The host does not load {name}: \"The binding type(s) '{kind}' are not registered\".").into(),
                action: "Add to host.json: \"extensionBundle\": {\"id\": \"Microsoft.Azure.Functions.ExtensionBundle\", \"version\": \"[4.*, 5.0.0)\"}.".into(),
            });
        }
    }
    findings
}

fn time_limit(subject: &Subject) -> Option<Finding> {
    let found = match subject.declared.host.as_ref()?.function_timeout {
        FunctionTimeout::Unlimited => "functionTimeout is unlimited",
        FunctionTimeout::After(limit) if limit > CONSUMPTION_LIMIT => {
            "functionTimeout is more than 10 minutes"
        }
        FunctionTimeout::PlanDefault | FunctionTimeout::After(_) => return None,
    };
    Some(Finding {
        severity: Severity::Note,
        kind: Kind::TimeLimit,
        place: subject.host_json.place("functionTimeout"),
        found: found.into(),
        happens: "On the Consumption plan the host does not start. Whatever the plan, the front end gives a request up that is silent for 230 seconds.".into(),
        action: "Write \"00:10:00\" at most for Consumption.".into(),
    })
}

/// The gate passes paths on as they came.
fn route_prefix(subject: &Subject) -> Option<Finding> {
    let host = subject.declared.host.as_ref()?;
    let is_gate = subject
        .command
        .as_ref()
        .is_some_and(|command| command.is_gate());
    let prefix = host.route_prefix.text();
    let is_kept = prefix.is_empty() || subject.setting(STRIP).is_some();
    let is_raw = host.custom_handler.enable_forwarding_http_request
        || host.custom_handler.enable_proxying_http_request;
    (is_gate && !is_kept && is_raw).then(|| Finding {
        severity: Severity::Note,
        kind: Kind::RoutePrefix,
        place: subject.host_json.place("extensions.http.routePrefix"),
        found: "the server gets every path with the route prefix of the host".into(),
        happens: "A server that knows /orders and not /api/orders answers 404.".into(),
        action: format!("Set {STRIP} to the prefix with its slash, or \"routePrefix\" to \"\", unless the server knows it.").into(),
    })
}
