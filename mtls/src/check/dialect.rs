//! How requests arrive, and the spellings of its switches that no host reads.

use functions_handler::host::Profile;
use serde::Serialize;

use super::finding::{Finding, Kind, Severity};
use super::json_file::{Key, flag};
use super::subject::Subject;

/// The section that the switches belong to.
const SECTION: &str = "customHandler";

/// The two switches that hosts read (`HttpWorkerOptions.cs`).
const FORWARDING: &str = "enableForwardingHttpRequest";
const PROXYING: &str = "enableProxyingHttpRequest";

/// Spellings of the second that circulate and that no host reads: the first in a sample of Microsoft's
/// (azure-functions-host #11423), the second in its documentation, below `http`.
const DEAD: [&str; 2] = ["enableHttpProxyingRequest", "enableProxying"];

/// How the host hands requests of functions with nothing but HTTP bindings over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// The original request, streamed.
    Proxying,
    /// The original request, buffered and rewritten.
    Forwarding,
    /// A JSON envelope.
    Envelope,
}

/// What the switches of an app come to.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dialect {
    /// With hosts of 2025 and later.
    pub(super) result: Shape,
    /// With hosts that do not know proxying.
    pub(super) older_hosts: Shape,
}

impl Dialect {
    /// By the engine's reading, or by the text where the engine refuses it.
    pub(super) fn of(subject: &Subject) -> Self {
        let (forwarding, proxying) = match &subject.declared.host {
            Some(host) => {
                let handler = &host.custom_handler;
                (
                    handler.enable_forwarding_http_request,
                    handler.enable_proxying_http_request,
                )
            }
            None => (is_on(subject, FORWARDING), is_on(subject, PROXYING)),
        };
        let older_hosts = match forwarding {
            true => Shape::Forwarding,
            false => Shape::Envelope,
        };
        Self {
            result: if proxying {
                Shape::Proxying
            } else {
                older_hosts
            },
            older_hosts,
        }
    }
}

impl Shape {
    /// For people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Proxying => "proxying",
            Self::Forwarding => "forwarding",
            Self::Envelope => "JSON envelopes",
        }
    }
}

/// Switches that no host reads, and what results without a better one.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let dialect = Dialect::of(subject);
    let mut findings: Vec<Finding> = subject
        .host_json
        .keys()
        .iter()
        .filter_map(|key| dead(subject, dialect, key))
        .collect();
    if findings.is_empty() {
        findings.extend(improvable(subject, dialect));
    }
    findings
}

/// Whether a key is one of the switches or was meant to be, wherever it is.
pub(super) fn is_switch(name: &str) -> bool {
    let mut switches = DEAD.iter().chain(&[FORWARDING, PROXYING]);
    switches.any(|switch| switch.eq_ignore_ascii_case(name))
}

/// Whether a key of `host.json` is a switch that no host reads.
pub(super) fn is_dead(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or_default();
    let mut live = [FORWARDING, PROXYING].into_iter();
    is_switch(name) && !live.any(|name| path.eq_ignore_ascii_case(&format!("{SECTION}.{name}")))
}

fn dead(subject: &Subject, dialect: Dialect, key: &Key) -> Option<Finding> {
    if !is_dead(&key.path) {
        return None;
    }
    let meant = match key.name.eq_ignore_ascii_case(FORWARDING) {
        true => FORWARDING,
        false => PROXYING,
    };
    let at = format!("{}: {}", subject.host_json.name, key.path);
    let is_refused = subject
        .declared
        .problems
        .iter()
        .any(|problem| problem.at().eq_ignore_ascii_case(&at));
    let is_lost = key.flag == Some(true) && !has(dialect, meant);
    Some(Finding {
        severity: if is_refused || is_lost {
            Severity::Error
        } else {
            Severity::Warning
        },
        kind: Kind::DeadSwitch,
        place: subject.host_json.place(&key.path),
        found: format!("{} is a key that no host reads", key.path).into(),
        happens: format!(
            "Requests arrive by {}, whatever this key says.",
            dialect.result.name()
        )
        .into(),
        action: format!("Write \"{meant}\" directly into {SECTION}, and remove this key.").into(),
    })
}

/// A valid choice that gives away what the host has to offer.
fn improvable(subject: &Subject, dialect: Dialect) -> Option<Finding> {
    let host = subject.declared.host.as_ref()?;
    // Hosts that know no proxying know no profile and no routes either.
    let is_new = host.profile != Profile::Default || !host.custom_handler.routes.is_empty();
    let (key, happens, action) = match (dialect.result, dialect.older_hosts) {
        (Shape::Proxying, Shape::Envelope) if !is_new => (
            PROXYING,
            "Hosts before 2025 do not know proxying: they post JSON envelopes, which the gate and the engine understand, and other servers do not.",
            "Add \"enableForwardingHttpRequest\": true, which such hosts fall back to.",
        ),
        (Shape::Forwarding, _) => (
            FORWARDING,
            "The host holds each answer until it is whole, and refuses chunked requests.",
            "Add \"enableProxyingHttpRequest\": true: hosts of 2025 and later stream.",
        ),
        (Shape::Envelope, _) => (
            SECTION,
            "The host posts JSON envelopes to /<Name>; a server that expects HTTP requests gets none.",
            "Set \"enableForwardingHttpRequest\" and \"enableProxyingHttpRequest\" to true, unless envelopes are meant.",
        ),
        (Shape::Proxying, _) => return None,
    };
    let place = match key {
        SECTION => subject.host_json.place(SECTION),
        _ => subject.host_json.place(&format!("{SECTION}.{key}")),
    };
    Some(Finding {
        severity: Severity::Note,
        kind: Kind::Dialect,
        place,
        found: format!("requests arrive by {}", dialect.result.name()).into(),
        happens: happens.into(),
        action: action.into(),
    })
}

fn has(dialect: Dialect, switch: &str) -> bool {
    match switch {
        PROXYING => dialect.result == Shape::Proxying,
        _ => dialect.older_hosts == Shape::Forwarding,
    }
}

fn is_on(subject: &Subject, switch: &str) -> bool {
    let value = subject.host_json.get(&format!("{SECTION}.{switch}"));
    value.and_then(flag) == Some(true)
}
