//! Where the policy is written, for advice that says what to edit.

use std::path::Path;

use app_settings::{Environment, NamedFile};
use client_cert::{Caller, Policy, Rule, TrustDomain};

/// The setting that names a policy document.
const POLICY: &str = "CLIENT_CERT_POLICY";

/// Where the policy is written.
#[derive(Debug)]
pub(super) enum Origin {
    /// In the two lists and the settings beside them.
    Lists,
    /// In a document; messages call it by this name.
    Document(String),
}

/// What of a trust domain is edited.
#[derive(Clone, Copy, Debug)]
pub(super) enum DomainPart {
    Anchors,
    Intermediates,
    RevocationLists,
}

impl Origin {
    /// Where settings that have been loaded say who is admitted.
    pub(super) fn of(environment: &Environment, folder: &Path) -> Self {
        match environment.get(POLICY) {
            // The query of a URL can be a signature.
            Some(url) if url.expose().contains("://") => {
                let shown = url.expose().split(['?', '#']).next();
                Self::Document(shown.unwrap_or_default().to_owned())
            }
            Some(name) => Self::Document(NamedFile::new(POLICY, name.expose(), folder).name()),
            None => Self::Lists,
        }
    }

    /// The place of a caller's entry; nothing for the lists, which describe one caller.
    pub(super) fn caller_entry(&self, policy: &Policy, caller: &Caller) -> Option<String> {
        let Self::Document(_) = self else {
            return None;
        };
        let mut callers = policy.callers();
        // One caller is one allocation that its rules share.
        let number = callers.position(|other| std::ptr::eq(other, caller))?;
        Some(format!("$.callers[{number}]"))
    }

    /// The place of a rule of that caller.
    pub(super) fn rule_entry(
        &self,
        policy: &Policy,
        caller: &Caller,
        rule: &Rule,
    ) -> Option<String> {
        let is_rule = |other: &Rule| {
            other.conditions() == rule.conditions()
                && other.window() == rule.window()
                && other.domain().map(|domain| domain.label())
                    == rule.domain().map(|domain| domain.label())
        };
        let number = caller.rules.iter().position(is_rule)?;
        let caller = self.caller_entry(policy, caller)?;
        Some(format!("{caller}.any[{number}]"))
    }

    /// Where a part of a domain is configured.
    pub(super) fn place_of(&self, part: DomainPart, domain: Option<&TrustDomain>) -> String {
        match (self, part) {
            (Self::Lists, DomainPart::Anchors) => "CLIENT_CERT_TRUST_ANCHORS".to_owned(),
            (Self::Lists, DomainPart::Intermediates) => "CLIENT_CERT_INTERMEDIATES".to_owned(),
            // The lists have none.
            (Self::Lists, DomainPart::RevocationLists) => "the policy".to_owned(),
            (Self::Document(file), part) => {
                let member = match part {
                    DomainPart::Anchors => "anchors",
                    DomainPart::Intermediates => "intermediates",
                    DomainPart::RevocationLists => "crls",
                };
                match domain.and_then(TrustDomain::name) {
                    Some(name) => format!("\"{member}\" of the trust domain {name} in {file}"),
                    None => format!("\"{member}\" of the trust domain in {file}"),
                }
            }
        }
    }

    /// Where whoever is admitted is listed.
    pub(super) fn file(&self) -> &str {
        match self {
            Self::Lists => "the lists",
            Self::Document(name) => name,
        }
    }
}
