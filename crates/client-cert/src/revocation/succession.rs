//! Whether a list takes the place of another that was published at the same place.

use std::cmp::Ordering;
use std::fmt;

use rustls_pki_types::UnixTime;

use super::crl::Crl;
use super::number::compare;
use crate::x509::seconds;

impl Crl {
    /// Whether this list may take the place of one that was published at the same place before it. Both are signed by
    /// whoever may sign them; somebody on the way can still show an older list, or one for other certificates.
    ///
    /// A list that is past its nextUpdate gives way to one of another issuer, scope or numbering that is no older: authorities
    /// are renewed.
    ///
    /// # Errors
    ///
    /// See [`NoSuccessor`].
    pub fn succeeds(&self, held: &Crl, now: UnixTime) -> Result<(), NoSuccessor> {
        let now = seconds(now);
        let is_older = |one: &Crl, other: &Crl| match (one.number(), other.number()) {
            (Some(one), Some(other)) => compare(one, other) == Ordering::Less,
            _ => false,
        };
        let is_of_same = self.issuer() == held.issuer()
            && self.scope() == held.scope()
            && self.is_delta() == held.is_delta();
        let is_stale = held.next_update() < now;
        if self.this_update() < held.this_update() {
            Err(NoSuccessor::Older)
        } else if self.this_update() > now {
            Err(NoSuccessor::NotYet)
        } else if is_stale {
            Ok(())
        } else if !is_of_same {
            Err(NoSuccessor::OtherScope)
        } else if is_older(self, held) {
            Err(NoSuccessor::Older)
        } else {
            Ok(())
        }
    }
}

/// Why a list does not take the place of another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NoSuccessor {
    /// Its thisUpdate is in the future.
    NotYet,
    /// Its thisUpdate or its cRLNumber is less: it is replayed, or a server has an old copy.
    Older,
    /// It has another issuer or scope, or is a delta in place of a complete list or the reverse, and the other is not past its
    /// nextUpdate.
    OtherScope,
}

impl fmt::Display for NoSuccessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a newer revocation list, found ")?;
        f.write_str(match self {
            Self::NotYet => "one whose thisUpdate is in the future",
            Self::Older => "an older one, by its thisUpdate or its number",
            Self::OtherScope => "one of another issuer or scope",
        })
    }
}

impl std::error::Error for NoSuccessor {}
