//! The first lines of the log: what is served, to whom, and what an operator should know.

use std::collections::HashSet;

use client_cert::{Condition, Policy, RoleName, Rule};
use serde::Serialize;

use crate::config::{AppRoot, Settings};
use crate::host::{Function, Marker};
use crate::log::shortened;
use crate::server::Timestamp;

/// How many thumbprints and names are listed. A misread list shows in its first entries.
const MAX_LISTED: usize = 20;

/// How many functions, switched on or off, the line lists.
const MAX_FUNCTIONS: usize = 200;

/// How many notes are written.
const MAX_NOTES: usize = 100;

/// The first line of the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartLine {
    time: Timestamp,
    event: &'static str,
    version: &'static str,
    front_end: String,
    audit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    callers: usize,
    pins: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first_pins: Vec<String>,
    common_names: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first_common_names: Vec<String>,
    trust_anchors: usize,
    functions: Vec<FunctionFields>,
    #[serde(skip_serializing_if = "is_zero")]
    more_functions: usize,
    disabled: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    more_disabled: usize,
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
        let (functions, disabled) = (app_root.routes.functions(), &app_root.disabled);
        Self {
            time: Timestamp::now(),
            event: "start",
            version: env!("CARGO_PKG_VERSION"),
            front_end: policy.front_end().to_string(),
            audit: settings.audit.as_str(),
            policy: policy.version().map(|version| version.to_string()),
            callers: policy.callers().count(),
            pins: pins.len(),
            first_pins: first(pins),
            common_names: common_names.len(),
            first_common_names: first(common_names),
            trust_anchors: anchors.sum(),
            functions: functions
                .iter()
                .take(MAX_FUNCTIONS)
                .map(FunctionFields::new)
                .collect(),
            more_functions: functions.len().saturating_sub(MAX_FUNCTIONS),
            disabled: disabled.iter().take(MAX_FUNCTIONS).cloned().collect(),
            more_disabled: disabled.len().saturating_sub(MAX_FUNCTIONS),
        }
    }
}

impl FunctionFields {
    fn new(function: &Function) -> Self {
        let http = function.http();
        Self {
            name: function.name.clone(),
            route: http.map(|http| shortened(&http.route.shown())),
            public: http.is_some_and(|http| http.marker.is_public()),
        }
    }
}

impl NoteLine {
    /// Every note about a start at this instant.
    pub(crate) fn all(settings: &Settings, functions: &[Function]) -> Vec<Self> {
        let time = Timestamp::now();
        let notes = settings.notes.iter().cloned();
        let notes = notes.chain(roles(&settings.policy, functions));
        let notes: Vec<String> = notes.collect();
        let more = notes.len().saturating_sub(MAX_NOTES);
        let rest = (more > 0).then(|| format!("and {more} more notes"));
        let listed = notes.iter().take(MAX_NOTES).map(|text| shortened(text));
        let texts = listed.chain(rest);
        texts.map(|text| Self::new(time, text)).collect()
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
            // Documents have more kinds; they are looked up there.
            _ => {}
        }
    }
    (pins, names)
}

fn first(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts.truncate(MAX_LISTED);
    texts.iter().map(|text| shortened(text)).collect()
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Functions that refuse everyone, since no caller has a role that they require.
fn roles(policy: &Policy, functions: &[Function]) -> Vec<String> {
    let granted: HashSet<&RoleName> = policy.callers().flat_map(|caller| &caller.roles).collect();
    let in_vain = functions.iter().filter(|function| {
        function.http().is_some_and(|http| match &http.marker {
            Marker::Roles(roles) => !roles.iter().any(|role| granted.contains(role)),
            Marker::Public | Marker::Required => false,
        })
    });
    let notes = in_vain.map(|function| {
        format!(
            "{} requires a role that no caller of the policy has: it refuses everyone",
            function.name
        )
    });
    notes.collect()
}
