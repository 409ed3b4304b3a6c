//! What the settings of a run say of a test certificate.

use app_settings::Environment;
use client_cert::{Candidate, Certificate, evaluate};
use functions_handler::config::Settings;
use rustls_pki_types::UnixTime;
use serde_json::{Value, json};

use super::prepared::Prepared;
use crate::test_certificates::TestIdentity;

/// Whether a certificate is listed, by the engine's own reading of the lists or the document. What the program makes of it
/// is for its answers to say.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// Rules list it; those of the lists belong to no named caller.
    Listed { callers: Vec<String> },
    /// The policy denies it, whatever lists it.
    Denied,
    /// No rule lists it, or the settings cannot be read: the program refuses them, in words of its own.
    NotListed,
}

/// What a run decides by, at its start.
pub(super) struct Settled {
    /// `None` where the settings cannot be read.
    settings: Option<Settings>,
    now: UnixTime,
}

impl Settled {
    /// The settings of a run.
    pub(super) fn of(prepared: &Prepared, now: UnixTime) -> Self {
        let environment: Environment = prepared.environment.iter().collect();
        let settings = Settings::load(&environment, &prepared.folder).ok();
        Self { settings, now }
    }

    /// The standing of a test certificate.
    pub(super) fn standing(&self, identity: &TestIdentity) -> Standing {
        let certificate = Certificate::parse(&identity.der).ok();
        let (Some(settings), Some(certificate)) = (&self.settings, certificate) else {
            return Standing::NotListed;
        };
        let evaluation = evaluate(&settings.policy, &certificate, self.now);
        if evaluation.denied().is_some() {
            return Standing::Denied;
        }
        match evaluation.candidates() {
            [] => Standing::NotListed,
            candidates => Standing::Listed {
                callers: callers(candidates),
            },
        }
    }
}

impl Standing {
    /// Whether a rule lists it.
    pub(super) fn is_listed(&self) -> bool {
        matches!(self, Self::Listed { .. })
    }

    /// For people, after the certificate's name.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Listed { callers } if callers.is_empty() => "(listed in this run)".to_owned(),
            Self::Listed { callers } => format!("(listed in this run for {})", callers.join(", ")),
            Self::Denied => "(denied in this run)".to_owned(),
            Self::NotListed => "(not listed in this run)".to_owned(),
        }
    }

    /// For programs.
    pub(super) fn members(&self) -> Value {
        match self {
            Self::Listed { callers } => json!({"listed": true, "callers": callers}),
            Self::Denied | Self::NotListed => json!({"listed": false, "callers": []}),
        }
    }
}

/// Each named caller once, in the order of the policy.
fn callers(candidates: &[Candidate<'_>]) -> Vec<String> {
    let names = candidates
        .iter()
        .filter_map(|candidate| candidate.caller().name.as_ref());
    let mut names: Vec<String> = names.map(ToString::to_string).collect();
    names.dedup();
    names
}
