//! Trust anchors and intermediates, and the verified path from an end entity to one of the anchors.

use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage, VerifiedPath};

use super::certificate::{Certificate, CertificateError};
use super::name::Name;
use super::policy::ExtendedKeyUsageRule;
use super::validity::Validity;

/// An authority that we trust by configuration (RFC 5280, section 6.1.1).
///
/// webpki keeps name, key and name constraints of an anchor. This keeps the certificate's validity and path length
/// as well: an expired anchor lets no name count, and neither does one from which the path is too long.
#[derive(Clone, Debug)]
pub struct Anchor {
    subject: Name,
    validity: Validity,
    path_length: Option<u32>,
    anchor: TrustAnchor<'static>,
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
            anchor,
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

/// An authority between an anchor and the callers; not trusted by itself.
///
/// App Service forwards the end entity alone, so intermediates come from the configuration.
#[derive(Clone, Debug)]
pub struct Intermediate {
    subject: Name,
    validity: Validity,
    der: CertificateDer<'static>,
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
            seen: usage.to_string(),
        });
    }
    if !extensions.unknown_critical.is_empty() {
        let seen = extensions.unknown_critical.join(", ");
        return Err(AuthorityError::CriticalExtension { seen });
    }
    Ok(certificate)
}

/// Anchors and the intermediates that lead to them.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    anchors: Vec<Anchor>,
    intermediates: Vec<CertificateDer<'static>>,
    intermediate_validity: Vec<Validity>,
}

/// A verified path, reduced to what a decision keeps of it.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// The name of the anchor at its end.
    pub(crate) anchor: String,
    /// The time in which every authority on it may be used.
    pub(crate) validity: Validity,
}

impl Trust {
    /// Trust in the anchors, through the intermediates.
    pub fn new(anchors: Vec<Anchor>, intermediates: Vec<Intermediate>) -> Self {
        let intermediate_validity = intermediates.iter().map(Intermediate::validity).collect();
        Self {
            anchors,
            intermediates: intermediates
                .into_iter()
                .map(|intermediate| intermediate.der)
                .collect(),
            intermediate_validity,
        }
    }

    /// The anchors.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Whether anchors of different subjects are among them.
    pub(crate) fn has_several_subjects(&self) -> bool {
        self.anchors
            .windows(2)
            .any(|pair| pair[0].subject != pair[1].subject)
    }

    /// Looks for a path from the certificate to an anchor at `now`.
    ///
    /// Verified: signatures, validity, CA flags, path length, name constraints and purposes of every
    /// certificate on the path. Not verified: revocation, and the end entity's key usage and key size, which
    /// are checks of the decision. Fails closed.
    pub(crate) fn verify(
        &self,
        certificate: &Certificate,
        purpose: ExtendedKeyUsageRule,
        now: UnixTime,
    ) -> Result<Path, PathError> {
        let der = CertificateDer::from(certificate.der());
        let end_entity = EndEntityCert::try_from(&der).map_err(PathError::from)?;
        let open: Vec<&Anchor> = self
            .anchors
            .iter()
            .filter(|anchor| anchor.validity.contains(now))
            .collect();
        if open.is_empty() {
            return Err(PathError::NoAnchorInTime);
        }
        let anchors: Vec<TrustAnchor<'_>> =
            open.iter().map(|anchor| anchor.anchor.clone()).collect();
        let path = end_entity
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors,
                &self.intermediates,
                now,
                Purpose(purpose),
                None,
                Some(&|path| match anchor_of(path, &open) {
                    Some(_) => Ok(()),
                    None => Err(webpki::Error::PathLenConstraintViolated),
                }),
            )
            .map_err(PathError::from)?;
        let anchor = anchor_of(&path, &open).ok_or(PathError::UnknownIssuer)?;
        Ok(Path {
            anchor: anchor.subject.to_string(),
            validity: self.validity(&path, anchor.validity),
        })
    }

    /// The time in which the anchor and every intermediate of a path may be used.
    fn validity(&self, path: &VerifiedPath<'_>, anchor: Validity) -> Validity {
        path.intermediate_certificates()
            .flat_map(|certificate| {
                let known = self.intermediates.iter().zip(&self.intermediate_validity);
                known.filter(move |(known, _)| **known == certificate.der())
            })
            .fold(anchor, |validity, (_, other)| validity.intersection(*other))
    }
}

/// The anchor at the end of a path, if it allows a path of that length (RFC 5280, section 4.2.1.9).
fn anchor_of<'a>(path: &VerifiedPath<'_>, anchors: &[&'a Anchor]) -> Option<&'a Anchor> {
    let is_issued = |certificate: &&webpki::Cert<'_>| certificate.subject() != certificate.issuer();
    let length = path.intermediate_certificates().filter(is_issued).count();
    let allows = |anchor: &&&Anchor| {
        let most = anchor
            .path_length
            .and_then(|most| usize::try_from(most).ok());
        anchor.anchor == *path.anchor() && most.is_none_or(|most| length <= most)
    };
    anchors.iter().find(allows).copied()
}

/// The purpose that webpki asks of every certificate on a path that names purposes at all.
struct Purpose(ExtendedKeyUsageRule);

impl ExtendedKeyUsageValidator for Purpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        match self.0 {
            ExtendedKeyUsageRule::Ignored => Ok(()),
            // That the end entity has the extension at all is a check of the decision: webpki would ask
            // it of the intermediates as well, which normally have none.
            ExtendedKeyUsageRule::IfPresent | ExtendedKeyUsageRule::Required => {
                KeyUsage::client_auth().validate(purposes)
            }
        }
    }
}

/// Why no path was verified.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PathError {
    /// Every anchor has expired, or is not valid yet.
    NoAnchorInTime,
    /// No path from this certificate's issuer to an anchor through the intermediates.
    UnknownIssuer,
    /// A path is there, and something on it is wrong.
    Refused {
        /// What webpki met; it quotes nothing of the certificate.
        detail: String,
    },
}

impl From<webpki::Error> for PathError {
    fn from(error: webpki::Error) -> Self {
        match error {
            webpki::Error::UnknownIssuer => Self::UnknownIssuer,
            other => Self::Refused {
                detail: other.to_string(),
            },
        }
    }
}

impl PathError {
    /// What was seen instead of a path.
    pub(crate) fn seen(&self) -> &str {
        match self {
            Self::NoAnchorInTime => "no anchor that is valid now",
            Self::UnknownIssuer => {
                "an issuer that is no anchor and that no intermediate leads from"
            }
            Self::Refused { detail } => detail,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a verified path to a trust anchor, seen {}",
            self.seen()
        )
    }
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
        seen: String,
    },
    /// A critical extension that nobody here processes.
    CriticalExtension {
        /// In dotted notation.
        seen: String,
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
                "expected the certificate of an authority (basicConstraints with cA), seen an end entity; \
                 to admit one certificate, list its thumbprint instead",
            ),
            Self::KeyUsage { seen } => write!(f, "expected key usage with keyCertSign, seen {seen}"),
            Self::CriticalExtension { seen } => {
                write!(f, "expected no unknown critical extension, seen {seen}")
            }
            Self::Unusable { detail } => write!(f, "expected a usable authority, seen: {detail}"),
        }
    }
}

impl std::error::Error for AuthorityError {}
