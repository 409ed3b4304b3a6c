//! Why there is no verified path: always the first thing that is wrong, never a fault that only follows from it.

use std::fmt;

use super::policies::PolicyViolation;
use crate::x509::{Name, NameViolation, Oid};

/// Why no path was verified.
///
/// Where a certificate on the way is at fault, `authority` is its subject.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PathError {
    /// Each path ends at an anchor that has expired, or is not valid yet.
    NoValidAnchor,
    /// No configured authority bears the issuer's name.
    UnknownIssuer,
    /// An authority on the path is constrained to certain names, and the common name is not one of them.
    CommonName {
        /// The authority with the constraints.
        authority: Name,
        /// What is wrong with the common name, taken for the form of name that it has.
        violation: NameViolation,
    },
    /// An authority bears the issuer's name, and its key did not make the signature: the certificate is somebody else's,
    /// or the authority has a new key.
    Signature,
    /// The certificate is signed by an algorithm that is weak or not supported, alone or under the issuer's key.
    SignatureAlgorithm {
        /// The registered name, or dotted notation.
        found: String,
    },
    /// The issuer is a configured intermediate, and the authority that issued it is not configured.
    NoAnchor {
        /// The intermediate whose issuer is missing.
        authority: Name,
        /// The missing issuer.
        issuer: Name,
    },
    /// A configured intermediate whose issuers lead back to it, or to no anchor within the longest chain that is followed.
    Unanchored {
        /// The intermediate.
        authority: Name,
    },
    /// A configured intermediate that its issuer did not sign.
    AuthoritySignature {
        /// The intermediate.
        authority: Name,
        /// By which algorithm the signature says to be.
        algorithm: String,
    },
    /// An authority that has expired.
    AuthorityExpired {
        /// The intermediate.
        authority: Name,
        /// The end of its validity, in seconds since 1970.
        not_after: i64,
    },
    /// An authority that is not valid yet.
    AuthorityNotYetValid {
        /// The intermediate.
        authority: Name,
        /// The beginning of its validity, in seconds since 1970.
        not_before: i64,
    },
    /// More authorities follow one another than an authority allows.
    PathLength {
        /// The authority with the limit.
        authority: Name,
        /// The limit: pathLenConstraint.
        limit: u32,
    },
    /// An authority whose extKeyUsage does not allow it to issue for clients.
    AuthorityPurpose {
        /// The authority.
        authority: Name,
        /// Its purposes.
        found: String,
    },
    /// A name of the certificate, or of an intermediate, that an authority may not issue.
    NameConstraints {
        /// The authority with the constraints.
        authority: Name,
        /// What is wrong with the name.
        violation: NameViolation,
    },
    /// Certificates on the path whose demands on certificate policies are not met.
    Policies {
        /// What is wrong.
        violation: PolicyViolation,
    },
    /// A certificate policy that a rule demands and that is not valid for the whole path.
    PolicyNotValid {
        /// The policy.
        policy: Oid,
    },
    /// So many authorities bear the issuer's name that not every key of theirs is tried, and none that was made the
    /// signature.
    TooManyKeys,
    /// A certificate that no path can end with.
    Invalid {
        /// What was found, in words of this crate.
        detail: &'static str,
    },
}

impl PathError {
    /// What was found instead of a path that backs the name.
    pub(crate) fn found(&self) -> String {
        use crate::x509::rfc3339;
        match self {
            Self::NoValidAnchor => "no trust anchor that is valid now".to_owned(),
            Self::UnknownIssuer => {
                "an issuer that is neither a trust anchor nor a configured intermediate".to_owned()
            }
            Self::CommonName {
                authority,
                violation,
            } => format!(
                "a common name that the name constraints of {authority} do not allow: {violation}"
            ),
            Self::Signature => "a signature that does not verify".to_owned(),
            Self::SignatureAlgorithm { found } => {
                format!("a signature by {found}, which is not supported")
            }
            Self::NoAnchor { authority, issuer } => {
                format!("the intermediate {authority}, whose issuer {issuer} is not configured")
            }
            Self::Unanchored { authority } => {
                format!("the intermediate {authority}, whose issuers lead to no trust anchor")
            }
            Self::AuthoritySignature {
                authority,
                algorithm,
            } => format!(
                "the intermediate {authority}, whose signature ({algorithm}) no configured key of its issuer verifies"
            ),
            Self::AuthorityExpired {
                authority,
                not_after,
            } => {
                format!(
                    "the authority {authority}, which ended at {}",
                    rfc3339(*not_after)
                )
            }
            Self::AuthorityNotYetValid {
                authority,
                not_before,
            } => {
                format!(
                    "the authority {authority}, which begins at {}",
                    rfc3339(*not_before)
                )
            }
            Self::PathLength { authority, limit } => {
                format!("a path that is longer than {authority} allows (pathLenConstraint {limit})")
            }
            Self::AuthorityPurpose { authority, found } => {
                format!(
                    "the authority {authority}, whose extKeyUsage ({found}) excludes clientAuth"
                )
            }
            Self::NameConstraints {
                authority,
                violation,
            } => {
                format!("a name that the name constraints of {authority} do not allow: {violation}")
            }
            Self::Policies { violation } => format!("a path with {violation}"),
            Self::PolicyNotValid { policy } => {
                format!("a path for which the certificate policy {policy} is not valid")
            }
            Self::TooManyKeys => {
                "more authorities of the issuer's name than are tried for one signature".to_owned()
            }
            Self::Invalid { detail } => (*detail).to_owned(),
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
