//! The explanation as one value, for programs as it is and for people as text.

use client_cert::{Decision, Requirement, Step, rfc3339};
use functions_handler::server::requirement;
use serde::Serialize;

use super::advice::Refused;
use super::facts::{Facts, FunctionFacts};
use super::front_ends::{FrontEndFacts, front_ends};
use super::listing::Listing;
use super::outcome::{Outcome, reason};
use super::question::Question;
use super::step::StepFacts;

/// The whole answer. Nothing in it is secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) outcome: Outcome,
    /// The status of a refusal.
    pub(super) status: Option<u16>,
    /// The reason code of the log, if the caller is refused.
    pub(super) reason: Option<&'static str>,
    /// Further reason codes that apply.
    pub(super) also: Vec<&'static str>,
    /// The caller's name, if the caller is admitted and has one.
    pub(super) caller: Option<String>,
    /// The roles of a caller who is admitted.
    pub(super) roles: Vec<String>,
    /// The rule that admits the caller, if one does.
    pub(super) rule: Option<String>,
    /// The version of the policy, as the log has it.
    pub(super) policy: Option<String>,
    /// The rules that list the certificate, with what each comes to.
    pub(super) listed: Vec<Listing>,
    /// The instant of the decision.
    pub(super) at: String,
    pub(super) presented: Facts,
    pub(super) function: Option<FunctionFacts>,
    /// Empty for a public function: nothing is checked for it.
    pub(super) steps: Vec<StepFacts>,
    pub(super) change: Vec<String>,
    /// The decision under each front end that can be declared.
    pub(super) front_ends: Vec<FrontEndFacts>,
    pub(super) notes: Vec<String>,
}

impl Report {
    /// Asks the core and words its answer.
    pub(super) fn new(question: &Question<'_>, mut notes: Vec<String>) -> Self {
        let mut report = Self::of_public(question);
        let asked = match question.function {
            Some(function) => function.http().and_then(|http| requirement(&http.marker)),
            None => Some(Requirement::Admitted),
        };
        if let Some(asked) = asked {
            report.explained(question, &asked);
            report.front_ends = front_ends(question, &asked);
        }
        report.notes.append(&mut notes);
        report
    }

    /// Whether the function's implementation would run for this caller.
    pub(super) fn is_admitted(&self) -> bool {
        self.outcome != Outcome::Refused
    }

    fn of_public(question: &Question<'_>) -> Self {
        let seconds = i64::try_from(question.now.as_secs()).unwrap_or(i64::MAX);
        Self {
            outcome: Outcome::Public,
            status: None,
            reason: None,
            also: Vec::new(),
            caller: None,
            roles: Vec::new(),
            rule: None,
            policy: None,
            listed: Vec::new(),
            at: rfc3339(seconds),
            presented: Facts::of(question.presented),
            function: question.function.map(FunctionFacts::of),
            steps: Vec::new(),
            change: Vec::new(),
            front_ends: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn explained(&mut self, question: &Question<'_>, asked: &Requirement) {
        let explanation = question.explain(&question.settings.policy, asked, "https");
        self.outcome = Outcome::of(explanation.decision());
        self.policy = question
            .settings
            .policy
            .version()
            .map(|version| version.to_string());
        self.listed = question.listings();
        self.reason = reason(explanation.decision());
        let first = explanation.first_failure();
        let is_first = |step: &Step| first.is_some_and(|first| std::ptr::eq(first, step));
        self.steps = explanation
            .steps()
            .iter()
            .map(|step| StepFacts::of(step, is_first(step)))
            .collect();
        match explanation.decision() {
            Decision::Allow(permit) => {
                self.caller = permit.caller().map(ToString::to_string);
                self.roles = permit.roles().iter().map(ToString::to_string).collect();
                self.rule = Some(permit.rule().to_string());
                if permit.rule().weak_pin().is_some() {
                    let sha256 = permit.principal().sha256_hex();
                    self.notes.push(format!(
                        "admitted by SHA-1, the portal's notation; {sha256} in its place is stronger"
                    ));
                }
            }
            Decision::Deny(refusal) => {
                self.also = refusal.also().iter().map(|denial| denial.code()).collect();
                self.status = Some(match refusal.denial().is_forbidden() {
                    true => 403,
                    false => question.denied_status.status().as_u16(),
                });
            }
        }
        if let Some(first) = first {
            let refused = Refused {
                first,
                steps: explanation.steps(),
                policy: &question.settings.policy,
                origin: question.origin,
                listings: &self.listed,
                certificate: question.presented.certificate.as_ref(),
                in_its_form: question.in_its_form(asked),
            };
            self.change = refused.advice();
        }
    }
}
