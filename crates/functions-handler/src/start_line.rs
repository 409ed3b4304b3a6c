//! The first lines of the log: what is served, to whom, and what an operator should know.

use client_cert::{Condition, Policy, Rule, rfc3339};
use serde::Serialize;

use crate::config::{AppRoot, Settings};
use crate::host::{Function, Marker};
use crate::server::Timestamp;

/// How many thumbprints and names are listed. A misread list shows in its first entries.
const MAX_LISTED: usize = 20;

/// The first line of the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartLine {
    time: Timestamp,
    event: &'static str,
    version: &'static str,
    front_end: String,
    pins: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first_pins: Vec<String>,
    common_names: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first_common_names: Vec<String>,
    trust_anchors: usize,
    functions: Vec<FunctionFields>,
    disabled: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FunctionFields {
    name: String,
    route: Option<String>,
    public: bool,
}

/// What an operator should know although everything is valid.
#[derive(Serialize)]
pub(crate) struct NoteLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    text: String,
}

impl StartLine {
    pub(crate) fn new(settings: &Settings, app_root: &AppRoot) -> Self {
        let policy = &settings.policy;
        let (pins, common_names) = listed(policy);
        let anchors = policy.domains().iter().map(|domain| domain.anchors().len());
        let functions = app_root.routes.functions();
        Self {
            time: Timestamp::now(),
            event: "start",
            version: env!("CARGO_PKG_VERSION"),
            front_end: policy.front_end().to_string(),
            pins: pins.len(),
            first_pins: first(pins),
            common_names: common_names.len(),
            first_common_names: first(common_names),
            trust_anchors: anchors.sum(),
            functions: functions.iter().map(FunctionFields::new).collect(),
            disabled: app_root.disabled.clone(),
        }
    }
}

impl FunctionFields {
    fn new(function: &Function) -> Self {
        let http = function.http();
        Self {
            name: function.name.clone(),
            route: http.map(|http| http.route.shown().into_owned()),
            public: http.is_some_and(|http| http.marker.is_public()),
        }
    }
}

impl NoteLine {
    /// Every note about a start at this instant.
    pub(crate) fn all(settings: &Settings, functions: &[Function]) -> Vec<Self> {
        let time = Timestamp::now();
        let notes = settings.notes.iter().cloned();
        let notes = notes
            .chain(authorities(settings, time))
            .chain(roles(functions));
        notes.map(|text| Self::new(time, text)).collect()
    }

    fn new(time: Timestamp, text: String) -> Self {
        Self {
            time,
            event: "note",
            level: "warning",
            text,
        }
    }
}

/// The thumbprints and the names that were taken, in the order of the policy.
fn listed(policy: &Policy) -> (Vec<String>, Vec<String>) {
    let (mut pins, mut names) = (Vec::new(), Vec::new());
    for condition in policy.rules().flat_map(Rule::conditions) {
        match condition {
            Condition::Thumbprint(thumbprint) => pins.push(thumbprint.to_string()),
            Condition::CommonName(name) => names.push(name.clone()),
            // The two lists have no other kinds.
            _ => {}
        }
    }
    (pins, names)
}

fn first(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.truncate(MAX_LISTED);
    texts
}

/// Authorities that are not valid, or will soon not be: replacing one takes its callers along.
fn authorities(settings: &Settings, time: Timestamp) -> Vec<String> {
    let now = time.instant();
    let domains = settings.policy.domains();
    let anchors = domains
        .iter()
        .flat_map(|domain| domain.anchors())
        .map(|anchor| (anchor.subject(), anchor.validity()));
    let intermediates = domains
        .iter()
        .flat_map(|domain| domain.intermediates())
        .map(|authority| (authority.subject(), authority.validity()));
    let notes = anchors
        .chain(intermediates)
        .filter_map(|(subject, validity)| {
            if !validity.contains(now) {
                Some(format!(
                    "the authority {subject} is not valid now: no name counts under it"
                ))
            } else if validity.ends_soon(now) {
                let end = rfc3339(validity.not_after);
                Some(format!(
                    "the authority {subject} ends at {end}: from then on no name counts under it"
                ))
            } else {
                None
            }
        });
    notes.collect()
}

fn roles(functions: &[Function]) -> Vec<String> {
    let roles = functions.iter().filter(|function| {
        function
            .http()
            .is_some_and(|http| matches!(http.marker, Marker::Roles(_)))
    });
    let notes = roles.map(|function| {
        format!(
            "{} requires roles, and callers of the lists have none: it refuses everyone",
            function.name
        )
    });
    notes.collect()
}
