//! The policy in force, which can be replaced while calls are decided.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use client_cert::{Decider, Decision, Forwarded, Policy, Requirement};
use rustls_pki_types::UnixTime;

use crate::config::Policies;

/// The deciders of the policies in force. Each call takes one set of them and keeps it to its end: a call is never decided
/// partly by an old and partly by a new policy.
pub(super) struct InForce {
    deciders: ArcSwap<Deciders>,
}

pub(super) struct Deciders {
    decider: Decider,
    report_only: Option<Decider>,
}

impl InForce {
    pub(super) fn new(policies: Policies) -> Self {
        Self {
            deciders: ArcSwap::from_pointee(Deciders::new(policies)),
        }
    }

    /// Puts other policies in force, from the next call on. What was kept of admitted callers goes with the old ones.
    pub(super) fn replace(&self, policies: Policies) {
        self.deciders.store(Arc::new(Deciders::new(policies)));
    }

    pub(super) fn deciders(&self) -> Arc<Deciders> {
        self.deciders.load_full()
    }
}

impl Deciders {
    fn new(policies: Policies) -> Self {
        Self {
            decider: Decider::new(policies.policy),
            report_only: policies.report_only.map(Decider::new),
        }
    }

    /// The decision, and what the tried policy would decide, if there is one.
    pub(super) fn decide(
        &self,
        requirement: &Requirement,
        forwarded: &Forwarded<'_>,
        now: UnixTime,
    ) -> (Decision, Option<Decision>) {
        let decide = |decider: &Decider| decider.decide(requirement, forwarded, now);
        (decide(&self.decider), self.report_only.as_ref().map(decide))
    }

    /// The policy that decides.
    pub(super) fn policy(&self) -> &Policy {
        self.decider.policy()
    }

    /// The policy that is tried.
    pub(super) fn report_only(&self) -> Option<&Policy> {
        self.report_only.as_ref().map(Decider::policy)
    }
}

impl fmt::Debug for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InForce").finish_non_exhaustive()
    }
}
