//! Why a certificate is revoked.

use std::fmt;

use clap::ValueEnum;

/// The reasons of RFC 5280, section 5.3.1, but removeFromCRL, which deltas alone have.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Reason {
    /// The list gives none.
    #[default]
    Unspecified,
    /// Somebody else has, or may have, the certificate's key.
    KeyCompromise,
    /// The same of an authority's key.
    CaCompromise,
    /// The subject's name or affiliation is another one.
    AffiliationChanged,
    /// Another certificate takes its place.
    Superseded,
    /// It is not needed any more.
    CessationOfOperation,
    /// For the time being; the handler refuses it as any other.
    CertificateHold,
    /// A right that the certificate states was withdrawn.
    PrivilegeWithdrawn,
    /// Something that an attribute authority states was compromised.
    AaCompromise,
}

impl Reason {
    /// The number in an entry; `None` where the extension is to be absent.
    pub(super) fn code(self) -> Option<u8> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(1),
            Self::CaCompromise => Some(2),
            Self::AffiliationChanged => Some(3),
            Self::Superseded => Some(4),
            Self::CessationOfOperation => Some(5),
            Self::CertificateHold => Some(6),
            Self::PrivilegeWithdrawn => Some(9),
            Self::AaCompromise => Some(10),
        }
    }
}

/// The name in RFC 5280.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        })
    }
}
