//! A verified path, reduced to what a decision needs of it.

use super::chain::Chain;
use super::path_error::PathError;
use super::policies::ValidPolicies;
use crate::x509::{Certificate, Oid, Validity};

/// A path that was verified for one end entity at one instant.
#[derive(Clone, Debug)]
pub(crate) struct Path<'d> {
    chain: &'d Chain,
    /// The time in which every authority on it is valid.
    pub(crate) validity: Validity,
    policies: ValidPolicies,
}

impl<'d> Path<'d> {
    pub(super) fn new(chain: &'d Chain, policies: ValidPolicies) -> Self {
        Self {
            chain,
            validity: chain.validity(),
            policies,
        }
    }

    /// Whether a certificate policy, as the anchor calls it, is valid for the whole path (RFC 5280, section 6.1).
    pub(crate) fn valid_for_policy(&self, policy: &Oid) -> Result<(), PathError> {
        match self.policies.contains(policy) {
            true => Ok(()),
            false => Err(PathError::PolicyNotValid {
                policy: policy.clone(),
            }),
        }
    }

    /// The certificates between the end entity and the anchor.
    pub(crate) fn intermediates(&self) -> impl Iterator<Item = &'d Certificate> {
        self.chain.intermediates()
    }

    /// The certificates of the authorities on the path, that of the anchor included.
    pub(crate) fn authorities(&self) -> impl Iterator<Item = &'d Certificate> {
        self.chain.certificates()
    }

    /// Whether the authorities on the path may issue this common name, which RFC 5280 leaves unconstrained.
    pub(crate) fn covers(&self, common_name: &str) -> Result<(), PathError> {
        for (authority, constraints) in self.chain.constraints() {
            constraints
                .allow_common_name(common_name)
                .map_err(|violation| PathError::CommonName {
                    authority: authority.certificate.subject().clone(),
                    violation,
                })?;
        }
        Ok(())
    }
}
