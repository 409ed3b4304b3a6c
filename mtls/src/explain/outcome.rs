//! What a decision comes to.

use client_cert::Decision;
use serde::Serialize;

/// What becomes of the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// The function is public: no certificate is looked at.
    Public,
    Admitted,
    Refused,
}

impl Outcome {
    pub(super) fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Allow(_) => Self::Admitted,
            Decision::Deny(_) => Self::Refused,
        }
    }
}

/// The reason code of the log, if the caller is refused.
pub(super) fn reason(decision: &Decision) -> Option<&'static str> {
    match decision {
        Decision::Allow(_) => None,
        Decision::Deny(refusal) => Some(refusal.denial().code()),
    }
}
