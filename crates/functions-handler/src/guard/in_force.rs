//! The policy in force, which can be replaced while calls are decided.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use client_cert::{Decider, Decision, Forwarded, Policy, Requirement};
use rustls_pki_types::UnixTime;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, timeout_at};

use crate::config::Policies;

/// How long calls wait for the first policy: a connection may take five seconds, and a caller's patience is longer than twice
/// that.
const FIRST_ATTEMPT: Duration = Duration::from_secs(10);

/// The deciders of the policies in force. Each call takes one set of them and keeps it to its end: a call is never decided
/// partly by an old and partly by a new policy.
pub(super) struct InForce {
    deciders: ArcSwap<Deciders>,
    first: Option<FirstPolicy>,
}

/// The first policy, where it is still awaited.
#[derive(Clone)]
struct FirstPolicy {
    /// Closed when the first attempt to have it has ended.
    attempt: watch::Receiver<()>,
    /// How long calls wait for that.
    until: Instant,
}

pub(super) struct Deciders {
    decider: Decider,
    report_only: Option<Decider>,
}

impl InForce {
    /// These policies. If they stand for one that is awaited, `first` is closed when the first attempt to have it has ended.
    pub(super) fn new(policies: Policies, first: Option<watch::Receiver<()>>) -> Self {
        Self {
            deciders: ArcSwap::from_pointee(Deciders::new(policies)),
            first: first.map(|attempt| FirstPolicy {
                attempt,
                until: Instant::now() + FIRST_ATTEMPT,
            }),
        }
    }

    /// Whether a call that is decided now need not wait for the first policy.
    pub(super) fn is_settled(&self) -> bool {
        let first = self.first.as_ref();
        first.is_none_or(|first| {
            first.attempt.has_changed().is_err() || Instant::now() >= first.until
        })
    }

    /// Waits until a call can be decided without waiting for the first policy.
    pub(super) async fn settled(&self) {
        if let Some(FirstPolicy { mut attempt, until }) = self.first.clone() {
            // Nothing is ever sent: it ends when the other side is dropped, or in time.
            let _ = timeout_at(until, attempt.changed()).await;
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
