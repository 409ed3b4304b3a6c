//! A line about the policy in force.

use client_cert::PolicyVersion;
use serde::Serialize;

use crate::log::Timestamp;

/// A line about the policy in force.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl PolicyLine {
    /// Another policy is in force.
    pub(super) fn loaded(
        version: Option<PolicyVersion>,
        replaced: Option<PolicyVersion>,
        notes: Vec<String>,
    ) -> Self {
        Self {
            time: Timestamp::now(),
            event: "policy-loaded",
            level: "info",
            policy: version.map(|version| version.to_string()),
            replaced: replaced.map(|version| version.to_string()),
            problems: Vec::new(),
            notes,
        }
    }

    /// The same policy is in force with other revocation lists.
    pub(super) fn lists(version: Option<PolicyVersion>, notes: Vec<String>) -> Self {
        Self {
            event: "revocation-lists-loaded",
            ..Self::loaded(version, None, notes)
        }
    }

    /// The policy of this version stays in force, and these are the reasons for the line.
    pub(super) fn stays(
        event: &'static str,
        level: &'static str,
        version: Option<PolicyVersion>,
        problems: Vec<String>,
    ) -> Self {
        Self {
            time: Timestamp::now(),
            event,
            level,
            policy: version.map(|version| version.to_string()),
            replaced: None,
            problems,
            notes: Vec::new(),
        }
    }
}
