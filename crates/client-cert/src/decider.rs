//! The decider: a policy and the callers that it admitted before.

use std::sync::Arc;

use rustls_pki_types::UnixTime;

use crate::cache::Cache;
use crate::decision::{Decision, Refusal, Requirement};
use crate::denial::Denial;
use crate::evaluation::evaluate;
use crate::forwarded::Forwarded;
use crate::permit::{Admitted, Permit};
use crate::policy::Policy;
use crate::reading::Reading;

/// Decides about requests under one policy.
///
/// It keeps facts of the callers that it admitted, so that a caller who comes again costs little. They live and die with
/// the policy: a new policy is a new decider.
#[derive(Debug)]
pub struct Decider {
    policy: Policy,
    cache: Cache,
}

impl Decider {
    /// A decider that has admitted nobody yet.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            cache: Cache::new(),
        }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Decides whether the caller behind a request is admitted and satisfies the function's requirement.
    ///
    /// Looked at, in this order: whether the front end vouches for the header; whether the header holds exactly one
    /// certificate; whether it is fit for use at `now`, has a verified path in each domain, and satisfies a rule of exactly
    /// one caller; whether this caller has a required role. Not looked at: possession of the private key, which the front
    /// end's handshake proved, and revocation.
    ///
    /// Fails closed: whatever is absent, unreadable or unrecognized is a refusal.
    pub fn decide(
        &self,
        requirement: &Requirement,
        forwarded: &Forwarded<'_>,
        now: UnixTime,
    ) -> Decision {
        let admitted = self.admit(forwarded, now);
        match admitted.and_then(|admitted| authorize(admitted, requirement)) {
            Ok(permit) => Decision::Allow(permit),
            Err(refusal) => Decision::Deny(refusal.under(self.policy.version())),
        }
    }

    /// Authentication: the certificate belongs to one caller of the policy.
    fn admit(&self, forwarded: &Forwarded<'_>, now: UnixTime) -> Result<Arc<Admitted>, Refusal> {
        let reading = Reading::new(&self.policy, forwarded);
        let value = reading.vouched_value()?;
        if let Some(admitted) = self.cache.find(value, now) {
            return Ok(admitted);
        }
        let certificate = reading.certificate()?;
        let evaluation = evaluate(&self.policy, &certificate, now);
        let admitted = Arc::new(evaluation.conclude()?);
        if evaluation.concerns_one_caller() {
            self.cache.keep(value, &admitted);
        }
        Ok(admitted)
    }
}

/// Authorization: an admitted caller may call this function.
pub(crate) fn authorize(
    admitted: Arc<Admitted>,
    requirement: &Requirement,
) -> Result<Permit, Refusal> {
    match requirement {
        Requirement::AnyRole(roles) if !admitted.caller().has_any_role(roles) => {
            let denial = Denial::RoleMissing {
                expected: roles.clone(),
                found: admitted.caller().roles.clone(),
            };
            Err(Refusal::ranked(vec![denial], admitted.principal().clone()))
        }
        Requirement::Admitted | Requirement::AnyRole(_) => Ok(Permit::new(admitted)),
    }
}
