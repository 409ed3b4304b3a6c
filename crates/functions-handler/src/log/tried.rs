//! The line about a policy that is tried: what it would decide where it differs from the one in force.

use client_cert::{CallerName, Decision, PolicyVersion, Thumbprint};
use serde::Serialize;

use super::clock::Timestamp;
use super::subject::Subject;
use crate::functions::InvocationId;

/// Where two policies differ about one call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TriedLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbprint: Option<String>,
    in_force: Verdict<'a>,
    report_only: Verdict<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report_only_policy: Option<String>,
}

/// A decision, as far as two of them are compared.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict<'a> {
    outcome: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<&'a str>,
}

impl<'a> TriedLine<'a> {
    /// The line; none if the tried policy would decide the same.
    ///
    /// The same is: the same caller is admitted, or nobody. Reasons for refusals may differ.
    pub(super) fn new(
        subject: &'a Subject,
        decision: &'a Decision,
        tried: &'a Decision,
        version: Option<PolicyVersion>,
    ) -> Option<Self> {
        let (in_force, report_only) = (Verdict::of(decision), Verdict::of(tried));
        let differs = match (decision, tried) {
            (Decision::Deny(_), Decision::Deny(_)) => false,
            (Decision::Allow(_) | Decision::Deny(_), Decision::Allow(_))
            | (Decision::Allow(_), Decision::Deny(_)) => in_force != report_only,
        };
        differs.then(|| Self {
            time: subject.time,
            event: "report-only",
            level: "warning",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id.as_deref(),
            function: subject.function.as_deref(),
            thumbprint: thumbprint(decision)
                .or_else(|| thumbprint(tried))
                .map(|digest| digest.hex()),
            in_force,
            report_only,
            report_only_policy: version.map(|version| version.to_string()),
        })
    }
}

impl<'a> Verdict<'a> {
    fn of(decision: &'a Decision) -> Self {
        match decision {
            Decision::Allow(permit) => Self {
                outcome: "allow",
                reason: "admitted",
                caller: permit.caller().map(CallerName::as_str),
            },
            Decision::Deny(refusal) => Self {
                outcome: "deny",
                reason: refusal.denial().code(),
                caller: None,
            },
        }
    }
}

fn thumbprint(decision: &Decision) -> Option<Thumbprint> {
    match decision {
        Decision::Allow(permit) => Some(permit.principal().sha256()),
        Decision::Deny(refusal) => refusal.principal().map(|principal| principal.sha256()),
    }
}
