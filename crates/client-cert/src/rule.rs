//! Rules: what lists a certificate.

use std::fmt;
use std::sync::Arc;

use crate::trust::TrustDomain;
use crate::x509::Thumbprint;

/// One condition under which a certificate belongs to a caller.
///
/// Beside what the rule says, the certificate must be fit for use (see [`Fitness`](crate::Fitness)) at the instant of the
/// decision. `Display` writes the rule as the audit log does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rule {
    /// The certificate itself, by the digest of its whole DER encoding.
    ///
    /// Checked: fitness. Not checked: a path, the issuer, and whether the certificate calls itself a CA. A pinned
    /// certificate is never a trust anchor: what it signs is not admitted.
    Pin(Thumbprint),
    /// A name in a certificate with a verified path to an anchor of the domain.
    ///
    /// Checked: fitness, that the certificate is not a CA's, and the path.
    Name {
        /// Which name of the certificate is compared.
        kind: NameKind,
        /// The name. Compared exactly: case and all, nothing trimmed, nothing normalized.
        value: String,
        /// The authorities that issue this name to its owner. A path in another domain does not count.
        domain: Arc<TrustDomain>,
    },
}

/// Which name of a certificate a rule compares.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NameKind {
    /// The subject's common name. A certificate with several common names has none that counts.
    CommonName,
}

impl Rule {
    /// A rule for a common name under a domain.
    pub fn common_name(value: impl Into<String>, domain: &Arc<TrustDomain>) -> Self {
        Self::Name {
            kind: NameKind::CommonName,
            value: value.into(),
            domain: Arc::clone(domain),
        }
    }

    /// How closely the rule describes a certificate; lower is closer. The closest rule of a caller is the one that admits:
    /// a pin before a name, SHA-256 before SHA-1.
    pub(crate) fn closeness(&self) -> u8 {
        match self {
            Self::Pin(Thumbprint::Sha256(_)) => 0,
            Self::Pin(Thumbprint::Sha1(_)) => 1,
            Self::Name { .. } => 2,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin(thumbprint) => write!(f, "pin {thumbprint}"),
            Self::Name {
                kind,
                value,
                domain,
            } => write!(f, "{kind} {value:?} under {}", domain.subject()),
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CommonName => "common name",
        })
    }
}
