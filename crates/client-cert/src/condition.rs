//! Conditions: what one part of a rule compares.

use std::fmt;

use crate::x509::{Certificate, CommonName, PublicKeyHash, Thumbprint};

/// One thing that a rule requires of a certificate. What is absent or unreadable in the certificate never satisfies one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// The certificate itself, by the digest of its whole DER encoding.
    Thumbprint(Thumbprint),
    /// The certificate's key, by the SHA-256 digest of its SubjectPublicKeyInfo. Any certificate with this key satisfies it,
    /// whoever issued it: the front end's handshake proved that the caller holds the key.
    PublicKey(PublicKeyHash),
    /// The subject's common name, compared exactly: case and all, nothing trimmed, nothing normalized. A certificate with
    /// several common names has none that counts.
    CommonName(String),
}

impl Condition {
    /// Whether it says nothing unless an authority vouches for it: anybody can write any name into a certificate of their
    /// own.
    pub fn needs_path(&self) -> bool {
        match self {
            Self::Thumbprint(_) | Self::PublicKey(_) => false,
            Self::CommonName(_) => true,
        }
    }

    /// Whether the certificate has what it asks for. That an authority may vouch for it is not looked at.
    pub(crate) fn holds(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Thumbprint(thumbprint) => {
                [certificate.sha256(), certificate.sha1()].contains(thumbprint)
            }
            Self::PublicKey(hash) => certificate.public_key_hash() == *hash,
            Self::CommonName(name) => certificate.subject().common_name() == CommonName::One(name),
        }
    }

    /// How closely it describes a certificate; lower is closer.
    pub(crate) fn closeness(&self) -> u8 {
        match self {
            Self::Thumbprint(Thumbprint::Sha256(_)) => 0,
            Self::PublicKey(_) => 1,
            Self::Thumbprint(Thumbprint::Sha1(_)) => 2,
            Self::CommonName(_) => 3,
        }
    }
}

/// As the audit log writes it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thumbprint(thumbprint) => write!(f, "pin {thumbprint}"),
            Self::PublicKey(hash) => write!(f, "key {hash}"),
            Self::CommonName(name) => write!(f, "common name {name:?}"),
        }
    }
}
