//! The policies that are in force together.

use client_cert::Policy;

/// A policy that decides, and possibly one that is only tried.
#[derive(Clone, Debug)]
pub struct Policies {
    /// Decides.
    pub policy: Policy,
    /// Decides nothing: where it would decide otherwise, the log says so.
    pub report_only: Option<Policy>,
}

impl From<Policy> for Policies {
    fn from(policy: Policy) -> Self {
        Self {
            policy,
            report_only: None,
        }
    }
}
