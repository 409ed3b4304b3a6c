//! The verified path from an end entity through intermediates to a trust anchor.

use std::fmt;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage, VerifiedPath};

use super::authority::{Anchor, Intermediate};
use crate::policy::ExtendedKeyUsageRule;
use crate::x509::Certificate;
use crate::x509::Validity;

/// Anchors and the intermediates that lead to them.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    anchors: Vec<Anchor>,
    intermediates: Vec<Intermediate>,
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
        Self {
            anchors,
            intermediates,
        }
    }

    /// The anchors.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// The intermediates.
    pub fn intermediates(&self) -> &[Intermediate] {
        &self.intermediates
    }

    /// Whether anchors of different subjects are among them.
    pub(crate) fn has_several_subjects(&self) -> bool {
        self.anchors
            .windows(2)
            .any(|pair| pair[0].subject != pair[1].subject)
    }

    /// Looks for a path at `now` that backs the common name of a certificate.
    ///
    /// Verified: signatures, validity, CA flags, path length, name constraints and purposes of every
    /// certificate on the path. Not verified: revocation, and the end entity's key usage and key size, which
    /// are checks of the decision. Fails closed.
    ///
    /// Name constraints speak of alternative names and not of common names (RFC 5280, section 4.2.1.10), so that an
    /// authority that is held to one domain could issue every common name. Here a common name must be one that it may
    /// issue as a DNS name, and a subject with a mail address is refused under an authority that constrains them.
    pub(crate) fn verify(
        &self,
        certificate: &Certificate,
        name: &str,
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
        // webpki looks at the purposes of every certificate on the path but for the anchor's.
        let open: Vec<&Anchor> = open
            .into_iter()
            .filter(|anchor| anchor.serves(purpose))
            .collect();
        if open.is_empty() {
            return Err(PathError::Refused {
                detail: "an anchor that is not for clients",
            });
        }
        let anchors: Vec<TrustAnchor<'_>> =
            open.iter().map(|anchor| anchor.anchor.clone()).collect();
        let intermediates: Vec<CertificateDer<'_>> = self
            .intermediates
            .iter()
            .map(|intermediate| CertificateDer::from(intermediate.der.as_ref()))
            .collect();
        let path = end_entity
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors,
                &intermediates,
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
        let on_path: Vec<&Intermediate> = self.on_path(&path).collect();
        let constraints = on_path
            .iter()
            .map(|intermediate| &intermediate.name_constraints);
        let mut constraints = constraints.chain([&anchor.name_constraints]).flatten();
        if !constraints.all(|constraints| {
            constraints.allow(name)
                && !(constraints.of_mail && certificate.subject().has_mail_address())
        }) {
            return Err(PathError::NameNotCovered);
        }
        let validity = on_path
            .iter()
            .fold(anchor.validity, |sum, next| sum.intersection(next.validity));
        Ok(Path {
            anchor: anchor.subject.to_string(),
            validity,
        })
    }

    /// The intermediates that a path goes through.
    fn on_path<'a>(&'a self, path: &'a VerifiedPath<'_>) -> impl Iterator<Item = &'a Intermediate> {
        path.intermediate_certificates().flat_map(|certificate| {
            self.intermediates
                .iter()
                .filter(move |known| known.der == certificate.der())
        })
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
    /// An authority on the path is held to certain DNS names, and the common name is none of them.
    NameNotCovered,
    /// A path is there, and something on it is wrong.
    Refused {
        /// What is wrong, in words of ours.
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
            Error::EndEntityUsedAsCa => "an issuer that is no authority",
            Error::CaUsedAsEndEntity => "an authority in the place of a caller",
            Error::InvalidSignatureForPublicKey => "a signature that does not fit",
            Error::NameConstraintViolation => "a name outside an authority's name constraints",
            Error::PathLenConstraintViolated => "a path that is longer than an authority allows",
            Error::RequiredEkuNotFoundContext(_) => {
                "a certificate on the path that is not for clients"
            }
            Error::UnsupportedCertVersion => "a certificate that is not X.509 version 3",
            Error::UnsupportedCriticalExtension => "an unknown critical extension",
            Error::UnsupportedSignatureAlgorithmContext(_)
            | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
                "a signature algorithm that is not taken"
            }
            Error::MaximumPathBuildCallsExceeded
            | Error::MaximumPathDepthExceeded
            | Error::MaximumSignatureChecksExceeded
            | Error::MaximumNameConstraintComparisonsExceeded => {
                "a path that takes too long to verify"
            }
            _ => "a certificate that RFC 5280 does not allow",
        };
        Self::Refused { detail }
    }
}

impl PathError {
    /// What was there instead of a path that backs the name.
    pub(crate) fn seen(&self) -> &'static str {
        match self {
            Self::NoAnchorInTime => "no anchor that is valid now",
            Self::UnknownIssuer => {
                "an issuer that is no anchor and that no intermediate leads from"
            }
            Self::NameNotCovered => {
                "an authority whose name constraints do not allow the common name"
            }
            Self::Refused { detail } => detail,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a verified path to a trust anchor, found {}",
            self.seen()
        )
    }
}
