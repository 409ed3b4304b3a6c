//! What callers get to without a certificate, or not with a certificate alone.

use functions_handler::host::{AuthLevel, Function};
use serde_json::Value;

use super::finding::{Finding, Kind, Place, Severity};
use super::json_file::member;
use super::subject::Subject;

/// What the host answers by itself, before any handler (`Controllers/` of the host).
pub(super) const OF_THE_HOST: [&str; 2] = ["/admin/*", "/runtime/webhooks/*"];

/// Extensions with an endpoint of their own below `/runtime/webhooks`: how a binding's type begins, the section of
/// `extensions` that configures it, and the endpoint.
const WEBHOOKS: [(&str, &str, &str); 5] = [
    ("mcp", "mcp", "/runtime/webhooks/mcp"),
    (
        "eventGridTrigger",
        "eventGrid",
        "/runtime/webhooks/EventGrid",
    ),
    (
        "orchestrationTrigger",
        "durableTask",
        "/runtime/webhooks/durabletask",
    ),
    ("signalRTrigger", "signalR", "/runtime/webhooks/signalr"),
    ("blobTrigger", "blobs", "/runtime/webhooks/blobs"),
];

/// Keys beside certificates, and endpoints of extensions.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let functions = subject.declared.functions.iter();
    let keys = functions.filter_map(|function| key(subject, function));
    keys.chain(webhooks(subject)).collect()
}

/// The host checks a key for the path that the caller wrote, which need not be the path that arrives.
fn key(subject: &Subject, function: &Function) -> Option<Finding> {
    let http = function.http()?;
    if http.auth_level == AuthLevel::Anonymous {
        return None;
    }
    let key = function.declaration.auth_level_key();
    let level = match http.auth_level {
        AuthLevel::Admin => "admin",
        AuthLevel::Function | AuthLevel::Anonymous => "function",
    };
    let (found, happens) = match http.marker.is_public() {
        true => (
            "a key and no certificate",
            "The key is its only lock, and the host checks it for the path that the caller wrote, which need not be the one that arrives.",
        ),
        false => (
            "a key beside the certificate",
            "Callers without a key get 401 from the host, before the handler sees their certificate; the key protects nothing by itself.",
        ),
    };
    Some(Finding {
        severity: Severity::Warning,
        kind: Kind::KeyBesideCertificate,
        place: subject.trigger_place(function, key),
        found: format!("{} asks for {found} ({key} is {level})", function.label()).into(),
        happens: happens.into(),
        action: format!("Write \"{key}\": \"anonymous\", unless both are meant.").into(),
    })
}

fn webhooks(subject: &Subject) -> Vec<Finding> {
    let findings = WEBHOOKS.iter().filter_map(|(binding, section, endpoint)| {
        let place = configured(subject, section).or_else(|| bound(subject, binding))?;
        Some(Finding {
            severity: Severity::Warning,
            kind: Kind::HostEndpoint,
            place,
            found: format!("an extension that answers at {endpoint}").into(),
            happens: "The host answers there itself, for whoever has the extension's key: no request passes the handler or the gate, and no certificate is looked at.".into(),
            action: "Remove the extension, or make client certificates required on the platform and keep its key from callers.".into(),
        })
    });
    findings.collect()
}

fn configured(subject: &Subject, section: &str) -> Option<Place> {
    // Blob triggers are configured for reasons that open no endpoint.
    let key = format!("extensions.{section}");
    let is_there = section != "blobs" && subject.host_json.get(&key).is_some();
    is_there.then(|| subject.host_json.place(&key))
}

fn bound(subject: &Subject, start: &str) -> Option<Place> {
    subject.function_files.iter().find_map(|(_, file)| {
        let bindings = file.get("bindings").and_then(Value::as_array)?;
        let index = bindings.iter().position(|binding| opens(binding, start))?;
        Some(file.place(&format!("bindings[{index}].type")))
    })
}

fn opens(binding: &Value, start: &str) -> bool {
    let text = |name: &str| member(binding, name).and_then(Value::as_str);
    let kind = text("type").unwrap_or_default().to_ascii_lowercase();
    let is_by_event =
        || text("source").is_some_and(|source| source.eq_ignore_ascii_case("EventGrid"));
    kind.starts_with(&start.to_ascii_lowercase()) && (start != "blobTrigger" || is_by_event())
}
