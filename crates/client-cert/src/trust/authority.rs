//! Authorities: trust anchors, and the intermediates between them and the callers.

use std::fmt;
use std::sync::Arc;

use super::signature::VerifyingKey;
use crate::fitness::ExtendedKeyUsageRule;
use crate::x509::{Certificate, CertificateError, Name, Validity};

/// An authority that is trusted by configuration (RFC 5280, section 6.1.1).
///
/// All of its certificate counts, not its name and key alone: no name counts under an expired anchor, under one that is not
/// for clients, outside its name constraints, or at the end of a path that is too long.
#[derive(Clone, Debug)]
pub struct Anchor(pub(super) Arc<Authority>);

impl Anchor {
    /// Reads a certificate as a trust anchor.
    ///
    /// Verified: that it is an authority's (basicConstraints with cA; keyUsage, if present, with keyCertSign), that its key
    /// can verify signatures, and that no critical extension is unrecognized. Not verified: its validity, which is looked at
    /// in each decision, and its signature, which proves nothing.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        Authority::new(parse(der)?).map(Arc::new).map(Self)
    }

    /// Reads a certificate as [`Self::new`] does, or as a root from before basicConstraints: a self-signed certificate
    /// without that extension, of any X.509 version.
    ///
    /// Only on demand: nothing in such a certificate says that it is an authority's, so that a caller's own self-signed
    /// certificate would become one.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn legacy(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = parse(der)?;
        if certificate.extensions().basic_constraints.is_some() {
            return Authority::new(certificate).map(Arc::new).map(Self);
        }
        let authority = Authority::unmarked(certificate)?;
        match authority.signed_itself() {
            true => Ok(Self(Arc::new(authority))),
            false => Err(AuthorityError::NotCa),
        }
    }

    /// The authority's name.
    pub fn subject(&self) -> &Name {
        self.0.certificate.subject()
    }

    /// When its certificate is valid.
    pub fn validity(&self) -> Validity {
        self.0.certificate.validity()
    }
}

/// An authority between an anchor and the callers; not trusted by itself.
///
/// App Service forwards the end entity's certificate alone, so intermediates come from the configuration.
#[derive(Clone, Debug)]
pub struct Intermediate(pub(super) Arc<Authority>);

impl Intermediate {
    /// Reads a certificate as an intermediate.
    ///
    /// Verified: what [`Anchor::new`] verifies. An intermediate that fails is of no use to any path, and leaving it out
    /// affects only those through it.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        Authority::new(parse(der)?).map(Arc::new).map(Self)
    }

    /// The authority's name.
    pub fn subject(&self) -> &Name {
        self.0.certificate.subject()
    }

    /// When its certificate is valid.
    pub fn validity(&self) -> Validity {
        self.0.certificate.validity()
    }
}

fn parse(der: &[u8]) -> Result<Certificate, AuthorityError> {
    Certificate::parse(der).map_err(AuthorityError::Malformed)
}

/// A certificate that may sign others, and its key.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    pub(super) certificate: Certificate,
    pub(super) key: VerifyingKey,
}

impl Authority {
    fn new(certificate: Certificate) -> Result<Self, AuthorityError> {
        match certificate.extensions().is_ca() && certificate.version() == 3 {
            true => Self::unmarked(certificate),
            false => Err(AuthorityError::NotCa),
        }
    }

    /// All checks but for the mark of an authority.
    fn unmarked(certificate: Certificate) -> Result<Self, AuthorityError> {
        let extensions = certificate.extensions();
        if let Some(usage) = extensions.key_usage.filter(|usage| !usage.key_cert_sign()) {
            return Err(AuthorityError::KeyUsage {
                found: usage.to_string(),
            });
        }
        if !extensions.unrecognized_critical.is_empty() {
            let found = extensions.unrecognized_critical.join(", ");
            return Err(AuthorityError::CriticalExtension { found });
        }
        let key = VerifyingKey::of(&certificate).map_err(|found| AuthorityError::Key { found })?;
        Ok(Self { certificate, key })
    }

    fn signed_itself(&self) -> bool {
        self.is_self_issued() && self.key.verify(self.certificate.signed()).is_ok()
    }

    /// Whether subject and issuer are one name; such a certificate does not count for the length of a path.
    pub(super) fn is_self_issued(&self) -> bool {
        self.certificate.subject() == self.certificate.issuer()
    }

    /// Whether a certificate bears the same name and certifies the same key: as an issuer, it is the same authority.
    pub(super) fn is_same(&self, other: &Certificate) -> bool {
        self.certificate.subject() == other.subject()
            && self.certificate.subject_public_key_info() == other.subject_public_key_info()
    }

    /// How many further authorities it allows below it; `None` for any number.
    pub(super) fn path_length(&self) -> Option<u32> {
        let constraints = self.certificate.extensions().basic_constraints;
        constraints.and_then(|constraints| constraints.path_length)
    }

    /// Whether its own purposes, if it names any, allow it to issue for clients.
    pub(super) fn serves(&self, rule: ExtendedKeyUsageRule) -> bool {
        let purposes = self.certificate.extensions().extended_key_usage.as_ref();
        purposes.is_none_or(|purposes| rule.admits(Some(purposes)))
    }
}

/// Why a certificate cannot be an anchor or an intermediate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AuthorityError {
    /// Not a certificate.
    Malformed(CertificateError),
    /// basicConstraints is absent, or cA is FALSE.
    NotCa,
    /// keyUsage without `keyCertSign`.
    KeyUsage {
        /// What it has instead.
        found: String,
    },
    /// Unrecognized critical extensions.
    CriticalExtension {
        /// In dotted notation.
        found: String,
    },
    /// A key under which no signature can be verified.
    Key {
        /// What kind of key.
        found: String,
    },
}

impl fmt::Display for AuthorityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::NotCa => f.write_str(
                "expected the certificate of an authority (basicConstraints with cA), found an end entity; \
                 to admit one certificate, list its thumbprint instead",
            ),
            Self::KeyUsage { found } => write!(f, "expected keyUsage with keyCertSign, found {found}"),
            Self::CriticalExtension { found } => {
                write!(f, "expected no unrecognized critical extension, found {found}")
            }
            Self::Key { found } => write!(
                f,
                "expected an authority with an RSA key of 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519, found {found}"
            ),
        }
    }
}

impl std::error::Error for AuthorityError {}
