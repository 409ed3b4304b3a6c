//! The same decision under each front end that can be declared.

use client_cert::{FrontEnd, Requirement};
use serde::Serialize;

use super::outcome::{Outcome, reason};
use super::question::Question;

/// The decision under one front end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrontEndFacts {
    pub(super) front_end: String,
    /// What `X-Forwarded-Proto` would say.
    pub(super) over: &'static str,
    /// Whether the settings declare this one.
    pub(super) declared: bool,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<&'static str>,
}

/// The same question under each front end; App Service also over plain HTTP, where it vouches for nothing.
pub(super) fn front_ends(question: &Question<'_>, asked: &Requirement) -> Vec<FrontEndFacts> {
    let policy = &question.settings.policy;
    [
        (FrontEnd::Undeclared, "https"),
        (FrontEnd::AppService, "https"),
        (FrontEnd::AppService, "http"),
        (FrontEnd::ContainerApps, "https"),
        (FrontEnd::Rfc9440, "https"),
        (FrontEnd::Development, "https"),
    ]
    .into_iter()
    .map(|(front_end, over)| {
        let declared = policy.front_end() == front_end;
        let explanation = question.explain(&policy.with_front_end(front_end), asked, over);
        FrontEndFacts {
            front_end: front_end.to_string(),
            over,
            declared,
            outcome: Outcome::of(explanation.decision()),
            reason: reason(explanation.decision()),
        }
    })
    .collect()
}
