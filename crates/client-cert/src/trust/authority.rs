//! Authorities: trust anchors, and the intermediates between them and the callers.

use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor};

use crate::fitness::ExtendedKeyUsageRule;
use crate::x509::Name;
use crate::x509::Validity;
use crate::x509::{Certificate, CertificateError};
use crate::x509::{ExtendedKeyUsage, NameConstraints};

/// An authority that we trust by configuration (RFC 5280, section 6.1.1).
///
/// webpki keeps name, key and name constraints of an anchor. This keeps the certificate's validity and path length
/// as well: an expired anchor lets no name count, and neither does one from which the path is too long.
#[derive(Clone, Debug)]
pub struct Anchor {
    pub(crate) subject: Name,
    pub(crate) validity: Validity,
    pub(crate) path_length: Option<u32>,
    pub(crate) name_constraints: Option<NameConstraints>,
    extended_key_usage: Option<ExtendedKeyUsage>,
    pub(crate) anchor: TrustAnchor<'static>,
}

impl Anchor {
    /// Takes a certificate as a trust anchor.
    ///
    /// Verified here: that it is an authority (`cA`, and `keyCertSign` where key usage stands), and that it has
    /// no critical extension that nobody would process. Not verified here: its validity, which is looked
    /// at with each decision, and its signature, which proves nothing.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = authority(der)?;
        let anchor = webpki::anchor_from_trusted_cert(&CertificateDer::from(der))
            .map_err(|error| AuthorityError::Unusable {
                detail: error.to_string(),
            })?
            .to_owned();
        Ok(Self {
            subject: certificate.subject().clone(),
            validity: certificate.validity(),
            path_length: certificate
                .extensions()
                .basic_constraints
                .and_then(|constraints| constraints.path_length),
            name_constraints: certificate.extensions().name_constraints.clone(),
            extended_key_usage: certificate.extensions().extended_key_usage.clone(),
            anchor,
        })
    }

    /// Whether its own purposes, where it names any, allow that it issues for clients.
    pub(crate) fn serves(&self, purpose: ExtendedKeyUsageRule) -> bool {
        let purposes = self.extended_key_usage.as_ref();
        purpose == ExtendedKeyUsageRule::Ignored
            || purposes.is_none_or(|purposes| purposes.client_auth)
    }

    /// The authority's name.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// When it may be used.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}

/// An authority between an anchor and the callers; not trusted by itself.
///
/// App Service forwards the end entity alone, so intermediates come from the configuration.
#[derive(Clone, Debug)]
pub struct Intermediate {
    pub(crate) subject: Name,
    pub(crate) validity: Validity,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) der: CertificateDer<'static>,
}

impl Intermediate {
    /// Takes a certificate as an intermediate.
    ///
    /// The checks of [`Anchor::new`]: webpki leaves out key usage.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`].
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = authority(der)?;
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

    /// When it may be used.
    pub fn validity(&self) -> Validity {
        self.validity
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
    /// Basic constraints are missing or say that it is none.
    NotCa,
    /// Key usage without `keyCertSign`.
    KeyUsage {
        /// What it has instead.
        found: String,
    },
    /// A critical extension that nobody here processes.
    CriticalExtension {
        /// In dotted notation.
        found: String,
    },
    /// webpki does not take it.
    Unusable {
        /// What webpki met.
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
            Self::KeyUsage { found } => write!(f, "expected key usage with keyCertSign, found {found}"),
            Self::CriticalExtension { found } => {
                write!(f, "expected no unknown critical extension, found {found}")
            }
            Self::Unusable { detail } => write!(f, "expected a usable authority, found: {detail}"),
        }
    }
}

impl std::error::Error for AuthorityError {}
