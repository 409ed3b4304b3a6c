//! The decision about one request.

use crate::denial::Denial;
use crate::permit::{Permit, Principal};
use crate::policy::PolicyVersion;
use crate::policy_name::RoleName;

/// What a function requires of its callers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Requirement {
    /// That they are admitted.
    Admitted,
    /// That they have at least one of these roles.
    AnyRole(Vec<RoleName>),
}

/// The outcome for one request. It is computed once, and it is final.
#[derive(Debug)]
pub enum Decision {
    /// The caller is admitted.
    Allow(Permit),
    /// The caller is refused.
    Deny(Refusal),
}

/// Why a caller was refused, and who the certificate claims the caller is.
#[derive(Clone, Debug)]
pub struct Refusal {
    denial: Denial,
    also: Vec<Denial>,
    principal: Option<Box<Principal>>,
    policy: Option<PolicyVersion>,
}

impl Refusal {
    /// The most useful reason.
    pub fn denial(&self) -> &Denial {
        &self.denial
    }

    /// Further reasons that apply, in order of usefulness.
    pub fn also(&self) -> &[Denial] {
        &self.also
    }

    /// The holder of the certificate, if there was a readable one. Nothing about it is verified.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_deref()
    }

    /// The version of the policy under which the caller was refused.
    pub fn policy(&self) -> Option<PolicyVersion> {
        self.policy
    }

    /// The same refusal, under the policy with this version.
    pub(crate) fn under(self, policy: Option<PolicyVersion>) -> Self {
        Self { policy, ..self }
    }

    /// A refusal for the most useful of some reasons; without any, for none listing the certificate.
    pub(crate) fn ranked(mut denials: Vec<Denial>, principal: Principal) -> Self {
        denials.sort_by_key(Denial::reason);
        denials.dedup();
        let mut denials = denials.into_iter();
        Self {
            denial: denials.next().unwrap_or(Denial::NotListed),
            also: denials.collect(),
            principal: Some(Box::new(principal)),
            policy: None,
        }
    }
}

/// A refusal before any certificate was read.
impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        Self {
            denial,
            also: Vec::new(),
            principal: None,
            policy: None,
        }
    }
}
