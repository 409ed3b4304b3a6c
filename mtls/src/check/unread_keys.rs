//! Keys that the host passes over in silence.

use app_settings::nearest;
use serde_json::Value;

use super::dialect;
use super::finding::{Finding, Kind, Severity};
use super::json_file::{JsonFile, member};
use super::subject::Subject;

/// The keys that hosts of version 4 read, section by section (`host.json` reference; `HttpWorkerOptions.cs`,
/// `HttpWorkerDescription.cs`, `CustomHandlerHttpOptions.cs`, `HttpOptions.cs`). Sections that are not here are open.
const HOST_JSON: [(&str, &[&str]); 5] = [
    (
        "",
        &[
            "$schema",
            "aggregator",
            "concurrency",
            "configurationProfile",
            "customHandler",
            "extensionBundle",
            "extensions",
            "functions",
            "functionTimeout",
            "healthMonitor",
            "httpWorker",
            "id",
            "isDefaultHostConfig",
            "logging",
            "managedDependency",
            "retry",
            "singleton",
            "telemetryMode",
            "version",
            "watchDirectories",
            "watchFiles",
        ],
    ),
    (
        "customHandler",
        &[
            "description",
            "enableForwardingHttpRequest",
            "enableProxyingHttpRequest",
            "http",
            "initializationTimeout",
            "port",
            "type",
        ],
    ),
    (
        "customHandler.description",
        &[
            "arguments",
            "defaultExecutablePath",
            "defaultWorkerPath",
            "useStdErrorStreamForErrorsOnly",
            "workerArguments",
            "workerDirectory",
            "workingDirectory",
        ],
    ),
    (
        "customHandler.http",
        &["defaultAuthorizationLevel", "routes"],
    ),
    (
        "extensions.http",
        &[
            "customHeaders",
            "dynamicThrottlesEnabled",
            "enableChunkedRequestBinding",
            "hsts",
            "maxConcurrentRequests",
            "maxOutstandingRequests",
            "routePrefix",
        ],
    ),
];

/// The keys of a `function.json`: those that the host looks up, those of its schema, and ours.
const FUNCTION_JSON: [&str; 9] = [
    "$schema",
    "bindings",
    "clientCertificate",
    "configurationSource",
    "entryPoint",
    "generatedBy",
    "language",
    "retry",
    "scriptFile",
];

/// In the schema, and read by no host of version 4 for such an app (`HostFunctionMetadataProvider.cs`).
const SWITCHES: [&str; 2] = ["disabled", "excluded"];

/// The keys of an HTTP trigger (`HttpTriggerAttribute.cs`).
const HTTP_TRIGGER: [&str; 7] = [
    "authLevel",
    "dataType",
    "direction",
    "methods",
    "name",
    "route",
    "type",
];

/// Every key that is read by nobody.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (section, known) in HOST_JSON {
        let found = match section {
            "" => subject.host_json.value.as_ref(),
            _ => subject.host_json.get(section),
        };
        findings.extend(unknown(subject, &subject.host_json, section, found, known));
    }
    for (name, file) in &subject.function_files {
        let all = [FUNCTION_JSON.as_slice(), &SWITCHES].concat();
        findings.extend(unknown(subject, file, "", file.value.as_ref(), &all));
        findings.extend(switches(name, file));
        findings.extend(of_triggers(subject, file));
    }
    findings
}

fn of_triggers(subject: &Subject, file: &JsonFile) -> Vec<Finding> {
    let bindings = file.get("bindings").and_then(Value::as_array);
    let bindings = bindings.into_iter().flatten().enumerate();
    let triggers = bindings.filter(|(_, binding)| {
        let kind = member(binding, "type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("httpTrigger"))
    });
    let findings = triggers.flat_map(|(index, binding)| {
        let section = format!("bindings.{index}");
        unknown(subject, file, &section, Some(binding), &HTTP_TRIGGER)
    });
    findings.collect()
}

/// Those of one object that are not known; what the engine refuses anyway, and the dead switches, are named elsewhere.
fn unknown(
    subject: &Subject,
    file: &JsonFile,
    section: &str,
    found: Option<&Value>,
    known: &[&str],
) -> Vec<Finding> {
    let Some(object) = found.and_then(Value::as_object) else {
        return Vec::new();
    };
    let is_known = |name: &str| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    let names = object.keys().filter(|name| !is_known(name));
    let paths = names.map(|name| match section {
        "" => (name, name.clone()),
        _ => (name, format!("{section}.{name}")),
    });
    let unread = paths.filter(|(name, path)| {
        let at = format!("{}: {path}", file.name);
        let mut problems = subject.declared.problems.iter();
        !dialect::is_switch(name) && !problems.any(|problem| problem.at().eq_ignore_ascii_case(&at))
    });
    unread
        .map(|(name, path)| finding(file, &path, nearest(known, name)))
        .collect()
}

fn finding(file: &JsonFile, path: &str, near: Option<&str>) -> Finding {
    let (severity, action) = match near {
        Some(near) => (Severity::Warning, format!("Did you mean {near}?")),
        None => (
            Severity::Note,
            "Remove it, if nothing else reads it.".to_owned(),
        ),
    };
    Finding {
        severity,
        kind: Kind::UnreadKey,
        place: file.place(path),
        found: format!("{path} is a key that no host reads").into(),
        happens: "The host passes it over; what it was meant to change is as if it were absent."
            .into(),
        action: action.into(),
    }
}

/// A function that its author believes to be switched off.
fn switches(name: &str, file: &JsonFile) -> Vec<Finding> {
    let object = file.value.as_ref().and_then(Value::as_object);
    let keys = object.into_iter().flat_map(|object| object.iter());
    let found = keys.filter(|(key, value)| {
        let is_switch = SWITCHES.iter().any(|known| known.eq_ignore_ascii_case(key));
        is_switch && **value != Value::Bool(false)
    });
    let findings = found.map(|(key, _)| Finding {
        severity: Severity::Warning,
        kind: Kind::UnreadKey,
        place: file.place(key),
        found: format!("{key} is a key that no host of version 4 reads").into(),
        happens: "The function is served.".into(),
        action: format!("Set the app setting AzureWebJobs.{name}.Disabled to true.").into(),
    });
    findings.collect()
}
