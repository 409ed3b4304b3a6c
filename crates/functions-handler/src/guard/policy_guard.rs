//! The decision about one call under the policy, and its line of the log.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use client_cert::{
    Decision, Denial, FrontEnd, FrontEndProof, FrontEndSecrets, Policy, Refusal, Requirement,
};
use http::{HeaderMap, Response};
use tokio::sync::watch;

use crate::config::{AllowedOrigins, AuditScope, DeniedStatus, Policies, Settings};
use crate::log::{Audit, Log, Record, Subject};

use super::admission::{Admission, Admitted, Marks};
use super::cross_site::Verdict;
use super::in_force::InForce;
use super::presented::Presented;
use super::proof;
use super::refusals::refusal;

/// Admits callers to what is behind it, or answers the refusal. Cloning it is cheap.
#[derive(Clone)]
pub struct Guard {
    shared: Arc<Shared>,
}

struct Shared {
    in_force: InForce,
    /// Who vouches for what is forwarded, under every policy.
    front_end: FrontEnd,
    front_end_secrets: Option<FrontEndSecrets>,
    denied_status: DeniedStatus,
    origins: AllowedOrigins,
    audit: Audit,
}

impl Guard {
    /// A guard as these settings say, which writes its decisions to `log`. Where their policy stands for one that is awaited,
    /// `first` is closed when the first attempt to have it has ended: until then calls wait.
    pub(crate) fn awaiting(
        settings: Settings,
        first: Option<watch::Receiver<()>>,
        log: Log,
    ) -> Self {
        let front_end = settings.policy.front_end();
        let policies = Policies {
            policy: settings.policy,
            report_only: settings.report_only,
        };
        Self {
            shared: Arc::new(Shared {
                in_force: InForce::new(policies, first),
                front_end,
                front_end_secrets: settings.front_end_secrets,
                denied_status: settings.denied_status.unwrap_or_default(),
                origins: settings.allowed_origins,
                audit: Audit::new(log, settings.audit),
            }),
        }
    }

    /// A guard with this policy, which writes its decisions to `log`. It refuses with 401, and every cross-site request.
    ///
    /// Under [`FrontEnd::Rfc9440`] it admits nobody: see [`Guard::with_front_end_secrets`].
    pub fn new(policy: Policy, log: Log) -> Self {
        Self::of(policy, None, log)
    }

    /// The same, behind a front end that proves itself by one of these secrets.
    pub fn with_front_end_secrets(policy: Policy, secrets: FrontEndSecrets, log: Log) -> Self {
        Self::of(policy, Some(secrets), log)
    }

    fn of(policy: Policy, front_end_secrets: Option<FrontEndSecrets>, log: Log) -> Self {
        Self {
            shared: Arc::new(Shared {
                front_end: policy.front_end(),
                in_force: InForce::new(policy.into(), None),
                front_end_secrets,
                denied_status: DeniedStatus::default(),
                origins: AllowedOrigins::default(),
                audit: Audit::new(log, AuditScope::All),
            }),
        }
    }

    /// The decision about a call, once there is a policy to decide by, or it is certain that there will be none in time.
    pub(crate) async fn decide(
        &self,
        subject: Subject,
        requirement: &Requirement,
        presented: &Presented<'_>,
    ) -> Admission {
        self.settled().await;
        self.decide_now(subject, requirement, presented)
    }

    /// Waits until calls can be decided without waiting for the first policy.
    pub(super) async fn settled(&self) {
        self.shared.in_force.settled().await;
    }

    /// Whether calls can be decided without waiting for the first policy.
    pub(super) fn is_settled(&self) -> bool {
        self.shared.in_force.is_settled()
    }

    /// The decision about a call by what is in force. A refusal is an outcome like any other, and its answer is final.
    pub(super) fn decide_now(
        &self,
        subject: Subject,
        requirement: &Requirement,
        presented: &Presented<'_>,
    ) -> Admission {
        let Shared {
            in_force,
            origins,
            audit,
            ..
        } = &*self.shared;
        let now = subject.time.instant();
        let origin = match presented.provenance.verdict(origins) {
            Verdict::NotCrossSite => None,
            Verdict::Allowed(origin) => {
                if let Some(preflight) = &presented.preflight {
                    let response = preflight.allowed(&origin);
                    return Admission::Answered(finished(audit.undecided(subject), response));
                }
                Some(origin)
            }
            Verdict::CrossSite { found } => {
                let denial = Denial::CrossSite { found };
                return Admission::Answered(self.refused(subject, denial.into()));
            }
        };
        let deciders = in_force.deciders();
        let (decision, tried) = deciders.decide(requirement, &presented.forwarded, now);
        if let (Some(tried), Some(policy)) = (tried, deciders.report_only()) {
            audit.tried(&subject, &decision, &tried, policy.version());
        }
        match decision {
            Decision::Allow(permit) => Admission::Admitted(Admitted {
                record: audit.admitted(subject, &permit),
                permit,
                marks: Marks { origin },
            }),
            Decision::Deny(refusal) => Admission::Answered(self.refused(subject, refusal)),
        }
    }

    /// The answer to a preflight that no function takes, about a call to a secured function: nothing runs, whoever asks.
    pub(crate) fn preflight(&self, subject: Subject, presented: &Presented<'_>) -> Response<Bytes> {
        let provenance = &presented.provenance;
        let allowed = provenance.allowed_origin(&self.shared.origins);
        match (allowed, &presented.preflight) {
            (Some(origin), Some(preflight)) => {
                finished(self.audit().undecided(subject), preflight.allowed(&origin))
            }
            (None, _) | (_, None) => {
                let found = provenance.described_origin();
                self.refused(subject, Denial::CrossSite { found }.into())
            }
        }
    }

    fn refused(&self, subject: Subject, refused: Refusal) -> Response<Bytes> {
        let status = self.shared.denied_status;
        let response = refusal(status, refused.denial(), subject.invocation_id);
        let record = self.audit().refused(subject, refused);
        finished(record, response)
    }

    /// Takes the front end's secret out of the headers of a request, and judges it.
    pub(crate) fn take_proof(&self, headers: &mut HeaderMap) -> FrontEndProof {
        proof::taken(self.shared.front_end_secrets.as_ref(), headers)
    }

    /// Judges what the headers inside an envelope have in place of the front end's secret.
    pub(crate) fn proof<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> FrontEndProof {
        proof::judged(self.shared.front_end_secrets.as_ref(), lines)
    }

    /// The front end that every policy of this guard believes.
    pub(crate) fn front_end(&self) -> FrontEnd {
        self.shared.front_end
    }

    /// The policy in force.
    pub fn policy(&self) -> Policy {
        self.shared.in_force.deciders().policy().clone()
    }

    /// Puts other policies in force, from the next call on. Calls that are being decided end under the old ones, and what was
    /// kept of admitted callers goes with them.
    pub fn replace(&self, policies: Policies) {
        let policy = policies.policy.clone();
        self.shared.in_force.replace(policies);
        // Afterwards: until then calls are admitted by rules of the old ones.
        self.audit().usage().keep_rules_of(&policy);
    }

    pub(crate) fn audit(&self) -> &Audit {
        &self.shared.audit
    }
}

/// The answer, with its line in the log.
fn finished(record: Record, response: Response<Bytes>) -> Response<Bytes> {
    record.finish(response.status());
    response
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}
