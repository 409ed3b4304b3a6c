//! The verified path from an end entity through intermediates to a trust anchor (RFC 5280, section 6).

use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage, VerifiedPath};

use super::authority::{Anchor, Intermediate};
use super::domain::TrustDomain;
use super::limits::beyond_the_validator;
use crate::fitness::ExtendedKeyUsageRule;
use crate::x509::{Certificate, Name, NameConstraints, Validity};

/// A verified path, reduced to what a decision needs of it.
#[derive(Clone, Debug)]
pub(crate) struct Path<'d> {
    /// The time in which every authority on it is valid.
    pub(crate) validity: Validity,
    constraints: Vec<&'d NameConstraints>,
}

impl Path<'_> {
    /// Whether the authorities on the path may issue this common name to this subject.
    ///
    /// Name constraints restrict alternative names and not common names (RFC 5280, section 4.2.1.10), so that an authority
    /// that is constrained to one domain could issue every common name. Here a common name must be one that every authority
    /// may issue as a DNS name, and a subject with a mail address is refused under an authority that constrains them.
    pub(crate) fn covers(&self, common_name: &str, subject: &Name) -> Result<(), PathError> {
        let covers = |constraints: &&NameConstraints| {
            constraints.allow(common_name) && !(constraints.of_mail && subject.has_mail_address())
        };
        match self.constraints.iter().all(covers) {
            true => Ok(()),
            false => Err(PathError::NameNotCovered),
        }
    }
}

/// Looks for a path from a certificate to an anchor of a domain at `now`.
///
/// Verified: signatures, validity, cA, path length, name constraints on alternative names, and purposes of every
/// certificate on the path. Not verified: revocation; and what [`Fitness`](crate::Fitness) requires of the end entity.
/// The work does not depend on which names a policy lists. Fails closed.
pub(crate) fn verify<'d>(
    domain: &'d TrustDomain,
    certificate: &Certificate,
    purpose: ExtendedKeyUsageRule,
    now: UnixTime,
) -> Result<Path<'d>, PathError> {
    if let Some(detail) = beyond_the_validator(certificate) {
        return Err(PathError::Invalid { detail });
    }
    let der = CertificateDer::from(certificate.der());
    let end_entity = EndEntityCert::try_from(&der)?;
    let usable = usable_anchors(domain, purpose, now)?;
    let anchors: Vec<TrustAnchor<'_>> = usable.iter().map(|anchor| anchor.anchor.clone()).collect();
    let intermediates: Vec<CertificateDer<'_>> = domain
        .intermediates()
        .iter()
        .map(|intermediate| CertificateDer::from(intermediate.der.as_ref()))
        .collect();
    let path = end_entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &intermediates,
        now,
        Purpose(purpose),
        None,
        Some(&|path| match anchor_of(path, &usable) {
            Some(_) => Ok(()),
            None => Err(webpki::Error::PathLenConstraintViolated),
        }),
    )?;
    let anchor = anchor_of(&path, &usable).ok_or(PathError::UnknownIssuer)?;
    let on_path: Vec<&Intermediate> = on_path(domain, &path).collect();
    Ok(Path {
        validity: on_path.iter().fold(anchor.validity(), |sum, next| {
            sum.intersection(next.validity())
        }),
        constraints: on_path
            .iter()
            .map(|intermediate| &intermediate.name_constraints)
            .chain([&anchor.name_constraints])
            .flatten()
            .collect(),
    })
}

/// The anchors that are valid now, if their own purposes allow them to issue for clients: webpki looks at the purposes of
/// every certificate on a path but the anchor's.
fn usable_anchors(
    domain: &TrustDomain,
    purpose: ExtendedKeyUsageRule,
    now: UnixTime,
) -> Result<Vec<&Anchor>, PathError> {
    let valid = |anchor: &&Anchor| anchor.validity().contains(now);
    let valid: Vec<&Anchor> = domain.anchors().iter().filter(valid).collect();
    if valid.is_empty() {
        return Err(PathError::NoValidAnchor);
    }
    let usable = valid.into_iter().filter(|anchor| anchor.serves(purpose));
    let usable: Vec<&Anchor> = usable.collect();
    match usable.is_empty() {
        true => Err(PathError::Invalid {
            detail: "a trust anchor whose extKeyUsage excludes clientAuth",
        }),
        false => Ok(usable),
    }
}

/// The intermediates on a path.
fn on_path<'d>(
    domain: &'d TrustDomain,
    path: &VerifiedPath<'_>,
) -> impl Iterator<Item = &'d Intermediate> {
    domain.intermediates().iter().filter(|known| {
        path.intermediate_certificates()
            .any(|certificate| known.der == certificate.der())
    })
}

/// The anchor at the end of a path, if it allows a path of that length (RFC 5280, section 4.2.1.9): self-issued
/// certificates do not count.
fn anchor_of<'d>(path: &VerifiedPath<'_>, anchors: &[&'d Anchor]) -> Option<&'d Anchor> {
    let counts = |certificate: &&webpki::Cert<'_>| certificate.subject() != certificate.issuer();
    let length = path.intermediate_certificates().filter(counts).count();
    let allows = |anchor: &&&Anchor| {
        let limit = anchor
            .path_length
            .and_then(|limit| usize::try_from(limit).ok());
        anchor.anchor == *path.anchor() && limit.is_none_or(|limit| length <= limit)
    };
    anchors.iter().find(allows).copied()
}

/// The purpose that every certificate on a path must have if it names purposes at all.
struct Purpose(ExtendedKeyUsageRule);

impl ExtendedKeyUsageValidator for Purpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        match self.0 {
            ExtendedKeyUsageRule::Ignored => Ok(()),
            // That the end entity has the extension at all is a check of its own: webpki would require it of the
            // intermediates as well, which normally have none.
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
    /// No anchor is valid now: each has expired, or is not valid yet.
    NoValidAnchor,
    /// No path from this certificate's issuer to an anchor through the intermediates.
    UnknownIssuer,
    /// An authority on the path is constrained to certain names, and the common name is not one of them.
    NameNotCovered,
    /// An authority bears the issuer's name, and its key did not make the signature: the certificate is somebody else's,
    /// or the authority has a new key.
    Signature,
    /// There is a path, and a certificate on it is not valid.
    Invalid {
        /// What was found, in words of this crate.
        detail: &'static str,
    },
}

impl From<webpki::Error> for PathError {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error;
        let detail = match error {
            Error::UnknownIssuer => return Self::UnknownIssuer,
            Error::CertExpired { .. } => "an authority that has expired",
            Error::CertNotValidYet { .. } => "an authority that is not valid yet",
            Error::EndEntityUsedAsCa => "an issuer that is not an authority",
            Error::CaUsedAsEndEntity => "an authority in the place of an end entity",
            Error::InvalidSignatureForPublicKey => return Self::Signature,
            Error::NameConstraintViolation => "a name outside an authority's name constraints",
            Error::PathLenConstraintViolated => "a path that is longer than an authority allows",
            Error::RequiredEkuNotFoundContext(_) => {
                "a certificate on the path whose extKeyUsage excludes clientAuth"
            }
            Error::UnsupportedCertVersion => "a certificate that is not X.509 version 3",
            Error::UnsupportedCriticalExtension => "an unrecognized critical extension",
            Error::UnsupportedSignatureAlgorithmContext(_)
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
                "a signature algorithm that is not supported"
            }
            Error::MaximumPathBuildCallsExceeded
            | Error::MaximumPathDepthExceeded
            | Error::MaximumSignatureChecksExceeded
            | Error::MaximumNameConstraintComparisonsExceeded => {
                "a path that takes too long to verify"
            }
            _ => "a certificate that the path validator does not accept",
        };
        Self::Invalid { detail }
    }
}

impl PathError {
    /// What was found instead of a path that backs the name.
    pub(crate) fn found(&self) -> &'static str {
        match self {
            Self::NoValidAnchor => "no trust anchor that is valid now",
            Self::UnknownIssuer => {
                "an issuer that is neither a trust anchor nor led to one by the intermediates"
            }
            Self::NameNotCovered => {
                "an authority whose name constraints do not allow the common name"
            }
            Self::Signature => "a signature that does not verify",
            Self::Invalid { detail } => detail,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a verified path to a trust anchor, found {}",
            self.found()
        )
    }
}
