//! What whoever configures a domain should know of its authorities, and what no decision needs.

use std::fmt;

use super::issuers::Issuers;
use super::issuing_key::MAX_CHAINS;
use super::path_error::PathError;
use super::signature::SIGNATURE_BUDGET;
use crate::x509::Name;

/// Something about a domain that keeps callers out.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DomainNote {
    /// An intermediate from which no chain leads to an anchor: no caller below it is admitted.
    Unreachable {
        /// The intermediate.
        authority: Name,
        /// Why.
        error: PathError,
    },
    /// An authority from which more chains lead to anchors than are kept.
    ChainsCut {
        /// The authority.
        authority: Name,
    },
    /// Authorities of one name with so many keys that a request tries only some: a certificate without an
    /// authorityKeyIdentifier is refused if the key that signed it is not among them.
    KeysCut {
        /// The name.
        authority: Name,
    },
}

/// All that there is to say, in the order in which the authorities were configured.
pub(super) fn notes(issuers: &Issuers) -> Vec<DomainNote> {
    let mut notes = Vec::new();
    for key in issuers.keys() {
        let Some(authority) = key.name().cloned() else {
            continue;
        };
        let cost = issuers.cost_of(&authority);
        let keys_cut = DomainNote::KeysCut {
            authority: authority.clone(),
        };
        if cost > SIGNATURE_BUDGET && !notes.contains(&keys_cut) {
            notes.push(keys_cut);
        }
        if key.chains.is_empty() {
            let error = key.fault();
            notes.push(DomainNote::Unreachable { authority, error });
        } else if key.cut {
            notes.push(DomainNote::ChainsCut { authority });
        }
    }
    notes
}

impl fmt::Display for DomainNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { authority, error } => {
                write!(f, "{authority} leads to no trust anchor: {error}")
            }
            Self::ChainsCut { authority } => write!(
                f,
                "more than {MAX_CHAINS} chains lead from {authority} to trust anchors; only the shortest are used"
            ),
            Self::KeysCut { authority } => write!(
                f,
                "so many keys bear the name {authority} that not all are tried for a certificate without an authorityKeyIdentifier"
            ),
        }
    }
}
