//! One check of the decision.

use client_cert::{Stage, Step};
use serde::Serialize;

/// What a check expected and found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepFacts {
    #[serde(skip)]
    pub(super) stage: Stage,
    /// What the check belongs to: request, pin, commonName, caller, ifPinned or role.
    pub(super) part: &'static str,
    pub(super) check: &'static str,
    pub(super) passes: bool,
    /// Whether the caller was refused here.
    pub(super) first_failure: bool,
    pub(super) reason: Option<&'static str>,
    pub(super) expected: String,
    pub(super) seen: String,
}

impl StepFacts {
    pub(super) fn of(step: &Step, first_failure: bool) -> Self {
        Self {
            stage: step.stage,
            part: match step.stage {
                Stage::Pin => "pin",
                Stage::Name => "commonName",
                Stage::Caller => "caller",
                Stage::IfPinned => "ifPinned",
                Stage::Role => "role",
                _ => "request",
            },
            check: step.name,
            passes: step.denial.is_none(),
            first_failure,
            reason: step.denial.as_ref().map(|denial| denial.code()),
            expected: step.expected.clone(),
            seen: step.found.clone(),
        }
    }
}
