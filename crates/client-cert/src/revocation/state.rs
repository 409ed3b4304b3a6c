//! What is known of a path's certificates, and what is to be done where it is not enough.

use std::fmt;

/// Whether the certificates of a path are revoked. The worst state of them counts; the order is from best to worst.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Revocation {
    /// Nobody configured that it be looked up; or the rule is a pin alone, which is not looked up.
    #[default]
    NotConfigured,
    /// Fresh lists cover every certificate and list none.
    Good,
    /// The newest list that covers a certificate is past its nextUpdate, and does not list it.
    Stale,
    /// No list covers a certificate, or none for all reasons.
    Unknown,
    /// A list that covers a certificate lists it.
    Revoked,
}

impl Revocation {
    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConfigured => "not-configured",
            Self::Good => "good",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What becomes of a caller whose certificates may or may not be revoked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OnUncertain {
    /// Refused.
    #[default]
    Deny,
    /// Admitted; the log says what was not known.
    Allow,
}

/// What a domain does where revocation cannot be looked up. Refuses by default.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RevocationRule {
    /// Where no list covers a certificate.
    pub unknown: OnUncertain,
    /// Where the newest list is past its nextUpdate.
    pub stale: OnUncertain,
}

impl RevocationRule {
    /// Whether a state is admitted.
    pub(crate) fn admits(self, state: Revocation) -> bool {
        match state {
            Revocation::NotConfigured | Revocation::Good => true,
            Revocation::Stale => self.stale == OnUncertain::Allow,
            Revocation::Unknown => self.unknown == OnUncertain::Allow,
            Revocation::Revoked => false,
        }
    }
}

/// What came of looking a path up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Looked {
    pub(crate) state: Revocation,
    /// The last second for which this holds with the same lists.
    pub(crate) until: i64,
}

impl Looked {
    /// Both: the worse state, as long as both hold.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            state: self.state.max(other.state),
            until: self.until.min(other.until),
        }
    }
}
