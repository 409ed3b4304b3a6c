//! Authorities: trust anchors, and the intermediates between them and the callers.

use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor};

use super::limits::beyond_the_validator;
use crate::fitness::ExtendedKeyUsageRule;
use crate::x509::{
    Certificate, CertificateError, ExtendedKeyUsage, Name, NameConstraints, Validity,
};

/// An authority that is trusted by configuration (RFC 5280, section 6.1.1).
///
/// The path validator keeps name, key and name constraints of an anchor. This keeps the certificate's validity, path length
/// and purposes as well: no name counts under an expired anchor, under one that is not for clients, or at the end of a path
/// that is too long.
#[derive(Clone, Debug)]
pub struct Anchor {
    subject: Name,
    validity: Validity,
    pub(super) path_length: Option<u32>,
    pub(super) name_constraints: Option<NameConstraints>,
    extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) anchor: TrustAnchor<'static>,
}

impl Anchor {
    /// Reads a certificate as a trust anchor.
    ///
    /// Verified: that it is an authority's (basicConstraints with cA; keyUsage, if present, with keyCertSign), and that no
    /// critical extension is unrecognized. Not verified: its validity, which is looked at in each decision, and its
    /// signature, which proves nothing.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = authority(der)?;
        let anchor = readable(&certificate)?;
        let extensions = certificate.extensions();
        let constraints = extensions.basic_constraints;
        Ok(Self {
            subject: certificate.subject().clone(),
            validity: certificate.validity(),
            path_length: constraints.and_then(|constraints| constraints.path_length),
            name_constraints: extensions.name_constraints.clone(),
            extended_key_usage: extensions.extended_key_usage.clone(),
            anchor,
        })
    }

    /// Whether its own purposes, if it names any, allow it to issue for clients.
    pub(super) fn serves(&self, purpose: ExtendedKeyUsageRule) -> bool {
        let purposes = self.extended_key_usage.as_ref();
        purpose == ExtendedKeyUsageRule::Ignored
            || purposes.is_none_or(|purposes| purposes.client_auth)
    }

    /// The authority's name.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// When its certificate is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}

/// An authority between an anchor and the callers; not trusted by itself.
///
/// App Service forwards the end entity's certificate alone, so intermediates come from the configuration.
#[derive(Clone, Debug)]
pub struct Intermediate {
    subject: Name,
    validity: Validity,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) der: CertificateDer<'static>,
}

impl Intermediate {
    /// Reads a certificate as an intermediate.
    ///
    /// Verified: what [`Anchor::new`] verifies, since the path validator ignores keyUsage; and that the path validator can
    /// read it. An intermediate that fails is of no use to any path, and leaving it out affects only those through it.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = authority(der)?;
        if let Some(detail) = beyond_the_validator(&certificate) {
            let detail = detail.to_owned();
            return Err(AuthorityError::Unusable { detail });
        }
        readable(&certificate)?;
        Ok(Self {
            subject: certificate.subject().clone(),
            validity: certificate.validity(),
            name_constraints: certificate.extensions().name_constraints.clone(),
            der: CertificateDer::from(der.to_vec()),
        })
    }

    /// The authority's name.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// When its certificate is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}

/// What the path validator reads of an authority's certificate. It ignores the dates of an anchor.
fn readable(certificate: &Certificate) -> Result<TrustAnchor<'static>, AuthorityError> {
    let der = CertificateDer::from(certificate.der());
    match webpki::anchor_from_trusted_cert(&der) {
        Ok(anchor) => Ok(anchor.to_owned()),
        Err(error) => Err(AuthorityError::Unusable {
            detail: beyond_the_validator(certificate)
                .map_or_else(|| error.to_string(), ToOwned::to_owned),
        }),
    }
}

/// Reads a certificate that is to sign others.
fn authority(der: &[u8]) -> Result<Certificate, AuthorityError> {
    let certificate = Certificate::parse(der).map_err(AuthorityError::Malformed)?;
    let extensions = certificate.extensions();
    if !extensions.is_ca() {
        return Err(AuthorityError::NotCa);
    }
    if let Some(usage) = extensions.key_usage.filter(|usage| !usage.key_cert_sign()) {
        return Err(AuthorityError::KeyUsage {
            found: usage.to_string(),
        });
    }
    if !extensions.unrecognized_critical.is_empty() {
        let found = extensions.unrecognized_critical.join(", ");
        return Err(AuthorityError::CriticalExtension { found });
    }
    Ok(certificate)
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
    /// The path validator cannot use it.
    Unusable {
        /// What it found.
        detail: String,
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
            Self::Unusable { detail } => write!(f, "expected an authority that the path validator can use, found {detail}"),
        }
    }
}

impl std::error::Error for AuthorityError {}
