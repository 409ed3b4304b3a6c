//! The rules that list a certificate, with their places.

use std::sync::Arc;

use client_cert::{Candidate, Certificate, Denial, Policy, TrustDomain, Window, evaluate};
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::origin::Origin;

/// One rule that lists the certificate, and what it comes to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    /// The caller's name; absent for the lists.
    pub(super) caller: Option<String>,
    pub(super) roles: Vec<String>,
    /// As the log writes it.
    pub(super) rule: String,
    /// The rule's place in the document; absent for the lists.
    pub(super) entry: Option<String>,
    /// When it counts, if not always.
    pub(super) counts: Option<String>,
    pub(super) admits: bool,
    /// The reason codes of what it requires and the certificate does not have.
    pub(super) reasons: Vec<&'static str>,
    #[serde(skip)]
    pub(super) caller_entry: Option<String>,
    #[serde(skip)]
    pub(super) denials: Vec<Denial>,
    #[serde(skip)]
    pub(super) domain: Option<Arc<TrustDomain>>,
}

impl Listing {
    /// All rules that list a certificate, in the order of the policy.
    pub(super) fn all_of(
        certificate: &Certificate,
        policy: &Policy,
        origin: &Origin,
        now: UnixTime,
    ) -> Vec<Self> {
        let evaluation = evaluate(policy, certificate, now);
        let candidates = evaluation.candidates().iter();
        candidates
            .map(|candidate| Self::of(candidate, policy, origin))
            .collect()
    }

    fn of(candidate: &Candidate<'_>, policy: &Policy, origin: &Origin) -> Self {
        let (caller, rule) = (candidate.caller(), candidate.rule());
        let denials = candidate.denials();
        Self {
            caller: caller.name.as_ref().map(ToString::to_string),
            roles: caller.roles.iter().map(ToString::to_string).collect(),
            rule: rule.to_string(),
            entry: origin.rule_entry(policy, caller, rule),
            counts: (candidate.window() != Window::ALWAYS).then(|| candidate.window().to_string()),
            admits: candidate.admits(),
            reasons: denials.iter().map(Denial::code).collect(),
            caller_entry: origin.caller_entry(policy, caller),
            denials: denials.to_vec(),
            domain: rule.domain().cloned(),
        }
    }

    /// Caller, rule and place, for people.
    pub(super) fn text(&self) -> String {
        let of = self.caller.as_ref().map(|name| format!("{name}: "));
        let at = self.entry.as_ref().map(|entry| format!(" ({entry})"));
        let counts = self
            .counts
            .as_ref()
            .map(|window| format!(", counts {window}"));
        format!(
            "{}{}{}{}",
            of.unwrap_or_default(),
            self.rule,
            counts.unwrap_or_default(),
            at.unwrap_or_default()
        )
    }

    /// How a sentence calls the rule.
    pub(super) fn named(&self) -> String {
        match (&self.caller, &self.entry) {
            (Some(caller), Some(entry)) => format!("the rule of {caller} at {entry}"),
            _ => "the rule that lists it".to_owned(),
        }
    }
}
