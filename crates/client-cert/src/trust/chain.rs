//! Chains of authorities that are made when a domain is configured, and what can be judged of them then.

use std::sync::Arc;

use super::authority::Authority;
use super::path_error::PathError;
use crate::x509::{Certificate, NameConstraints, Validity};

/// How many authorities a chain has at most, its anchor counted. Real ones have two or three; the longest chains of NIST's
/// test suite (PKITS) have six.
pub(super) const MAX_AUTHORITIES: usize = 12;

/// Authorities each of which signed the one before it: the issuer of an end entity first, an anchor last.
///
/// Verified when it was made: signatures, cA, keyCertSign, path lengths, and that no authority occurs twice. All that
/// depends on an instant, an end entity or a policy is verified in [`super::search`].
#[derive(Clone, Debug)]
pub(super) struct Chain {
    authorities: Vec<Arc<Authority>>,
    /// The time in which every authority is valid; it may be empty.
    validity: Validity,
}

impl Chain {
    /// The chain of an anchor alone.
    pub(super) fn of_anchor(anchor: &Arc<Authority>) -> Self {
        Self {
            authorities: vec![Arc::clone(anchor)],
            validity: anchor.certificate.validity(),
        }
    }

    /// This chain with an authority below it, whose signature is verified already. `None` if it is too long, or would go
    /// round in a circle: both end a search and are no fault of a certificate.
    pub(super) fn extended(&self, below: &Arc<Authority>) -> Option<Result<Self, PathError>> {
        let repeats = |above: &Arc<Authority>| above.is_same(&below.certificate);
        if self.authorities.len() >= MAX_AUTHORITIES || self.authorities.iter().any(repeats) {
            return None;
        }
        let mut authorities = vec![Arc::clone(below)];
        authorities.extend(self.authorities.iter().cloned());
        Some(path_length(&authorities).map(|()| Self {
            authorities,
            validity: self.validity.intersection(below.certificate.validity()),
        }))
    }

    /// From the issuer to the anchor.
    pub(super) fn authorities(&self) -> impl DoubleEndedIterator<Item = &Authority> {
        self.authorities.iter().map(AsRef::as_ref)
    }

    pub(super) fn certificates(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        self.authorities().map(|authority| &authority.certificate)
    }

    /// Those below the anchor.
    pub(super) fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        let below = self
            .authorities
            .split_last()
            .map_or(&[][..], |(_, below)| below);
        below.iter().map(|authority| &authority.certificate)
    }

    pub(super) fn anchor(&self) -> Option<&Authority> {
        self.authorities().next_back()
    }

    pub(super) fn validity(&self) -> Validity {
        self.validity
    }

    /// The authorities with name constraints.
    pub(super) fn constraints(&self) -> impl Iterator<Item = (&Authority, &NameConstraints)> {
        self.authorities().filter_map(|authority| {
            let constraints = authority.certificate.extensions().name_constraints.as_ref();
            constraints.map(|constraints| (authority, constraints))
        })
    }
}

/// Each authority limits how many that are not self-issued stand between it and the end entity (RFC 5280, section
/// 4.2.1.9).
fn path_length(authorities: &[Arc<Authority>]) -> Result<(), PathError> {
    let mut below: u32 = 0;
    for authority in authorities {
        if let Some(limit) = authority.path_length().filter(|limit| below > *limit) {
            return Err(PathError::PathLength {
                authority: authority.certificate.subject().clone(),
                limit,
            });
        }
        if !authority.is_self_issued() {
            below = below.saturating_add(1);
        }
    }
    Ok(())
}
