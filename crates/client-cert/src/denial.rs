//! Why a caller is not admitted. For the audit log, never for the caller.

use std::fmt;

use super::forwarded::ForwardedError;
use super::policy::{ExtendedKeyUsageRule, MINIMUM_RSA_BITS_NAME};
use crate::trust::PathError;
use crate::x509::CertificateError;
use crate::x509::PublicKey;
use crate::x509::rfc3339;

/// One reason for a refusal, with what was expected and what was seen.
///
/// No variant holds a header value. Text that comes from a certificate is escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Denial {
    /// Nobody said who sets the header, so it may come from anybody.
    FrontEndUndeclared,
    /// The front end is App Service, and the request is not marked as having come over TLS once.
    NotOverTls {
        /// `X-Forwarded-Proto`, described.
        seen: &'static str,
    },
    /// The header does not hold exactly one certificate.
    Forwarded(ForwardedError),
    /// The header's bytes are not a certificate.
    Certificate(CertificateError),
    /// The policy has no rule at all.
    PolicyEmpty,
    /// No pin and no name in the policy matches.
    NotListed,
    /// Several common names, one of which is listed: none counts.
    CommonNameAmbiguous {
        /// How many.
        seen: usize,
    },
    /// A critical extension that is not processed.
    CriticalExtension {
        /// In dotted notation.
        seen: String,
    },
    /// The end of validity has passed.
    Expired {
        /// The end, in seconds since 1970.
        not_after: i64,
        /// The instant of the decision.
        now: i64,
    },
    /// Validity has not begun.
    NotYetValid {
        /// The beginning, in seconds since 1970.
        not_before: i64,
        /// The instant of the decision.
        now: i64,
    },
    /// An RSA key that is too short.
    KeyTooShort {
        /// The policy's minimum.
        expected: usize,
        /// Bits of the modulus.
        seen: usize,
    },
    /// A kind of key that is not taken.
    KeyUnsupported {
        /// Which.
        seen: PublicKey,
    },
    /// Key usage without `digitalSignature`: the key must not sign a handshake.
    KeyUsage {
        /// What it has instead.
        seen: String,
    },
    /// Not issued for authenticating clients.
    ExtendedKeyUsage {
        /// What the policy asks for.
        expected: ExtendedKeyUsageRule,
        /// The purposes, or `None` where the extension is missing.
        seen: Option<String>,
    },
    /// The certificate of an authority where a caller's was expected.
    CaCertificate,
    /// No verified path to a trust anchor.
    Path(PathError),
    /// Admitted, but without one of the roles that the function asks for.
    RoleMissing {
        /// The roles, any of which would do.
        expected: Vec<String>,
    },
}

impl Denial {
    /// Every reason code, by usefulness, the most useful first. Logs and alerts may rely on them.
    pub const CODES: [&'static str; 22] = [
        "front-end-undeclared",
        "not-over-tls",
        "certificate-absent",
        "header-empty",
        "header-repeated",
        "header-joined",
        "header-too-long",
        "header-encoding",
        "certificate-malformed",
        "role-missing",
        "critical-extension",
        "certificate-expired",
        "certificate-not-yet-valid",
        "key-too-short",
        "key-unsupported",
        "key-usage",
        "extended-key-usage",
        "ca-certificate",
        "path-unverified",
        "common-name-ambiguous",
        "not-listed",
        "policy-empty",
    ];

    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FrontEndUndeclared => "front-end-undeclared",
            Self::NotOverTls { .. } => "not-over-tls",
            Self::Forwarded(ForwardedError::Absent) => "certificate-absent",
            Self::Forwarded(ForwardedError::Empty) => "header-empty",
            Self::Forwarded(ForwardedError::Repeated { .. }) => "header-repeated",
            Self::Forwarded(ForwardedError::Joined) => "header-joined",
            Self::Forwarded(ForwardedError::TooLong { .. }) => "header-too-long",
            Self::Forwarded(ForwardedError::Encoding { .. }) => "header-encoding",
            Self::Certificate(_) => "certificate-malformed",
            Self::RoleMissing { .. } => "role-missing",
            Self::CriticalExtension { .. } => "critical-extension",
            Self::Expired { .. } => "certificate-expired",
            Self::NotYetValid { .. } => "certificate-not-yet-valid",
            Self::KeyTooShort { .. } => "key-too-short",
            Self::KeyUnsupported { .. } => "key-unsupported",
            Self::KeyUsage { .. } => "key-usage",
            Self::ExtendedKeyUsage { .. } => "extended-key-usage",
            Self::CaCertificate => "ca-certificate",
            Self::Path(_) => "path-unverified",
            Self::CommonNameAmbiguous { .. } => "common-name-ambiguous",
            Self::NotListed => "not-listed",
            Self::PolicyEmpty => "policy-empty",
        }
    }

    /// How useful the reason is to the operator when several apply; lower is more useful.
    ///
    /// A reason that concerns a certificate which a rule names comes before one that says that no rule does:
    /// somebody meant to admit that caller. Among the former, what no policy can cure comes first.
    pub(crate) fn rank(&self) -> usize {
        let code = self.code();
        Self::CODES
            .iter()
            .position(|known| *known == code)
            .unwrap_or(Self::CODES.len())
    }

    /// Whether the caller was authenticated and only lacks a right (403 rather than 401, RFC 9110, section 15.5.4).
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::RoleMissing { .. })
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FrontEndUndeclared => f.write_str(
                "expected CLIENT_CERT_FRONT_END to say who sets the certificate's header, found nothing: \
                 no forwarded certificate counts",
            ),
            Self::NotOverTls { seen } => {
                write!(f, "expected exactly one X-Forwarded-Proto with the value https, found {seen}")
            }
            Self::Forwarded(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::PolicyEmpty => f.write_str(
                "expected a policy that lists somebody, found neither thumbprints nor common names: nobody is admitted",
            ),
            Self::NotListed => f.write_str("expected a listed thumbprint or common name, found another certificate"),
            Self::CommonNameAmbiguous { seen } => {
                write!(f, "expected one common name, found {seen}: none of them counts")
            }
            Self::CriticalExtension { seen } => write!(f, "expected no unknown critical extension, found {seen}"),
            Self::Expired { not_after, now } => {
                write!(f, "expected a certificate that is valid at {}, found one that ended at {}", rfc3339(*now), rfc3339(*not_after))
            }
            Self::NotYetValid { not_before, now } => {
                write!(f, "expected a certificate that is valid at {}, found one that begins at {}", rfc3339(*now), rfc3339(*not_before))
            }
            Self::KeyTooShort { expected, seen } => {
                write!(f, "expected an RSA key of at least {expected} bits ({MINIMUM_RSA_BITS_NAME}), found {seen}")
            }
            Self::KeyUnsupported { seen } => {
                write!(f, "expected an RSA, P-256, P-384, P-521, Ed25519 or Ed448 key, found {seen}")
            }
            Self::KeyUsage { seen } => write!(f, "expected key usage with digitalSignature, found {seen}"),
            Self::ExtendedKeyUsage { expected, seen } => write!(
                f,
                "expected extended key usage with clientAuth ({expected}), found {}",
                seen.as_deref().unwrap_or("no such extension")
            ),
            Self::CaCertificate => f.write_str("expected a caller's certificate, found an authority's (basicConstraints with cA)"),
            Self::Path(error) => error.fmt(f),
            Self::RoleMissing { expected } => {
                write!(f, "expected one of the roles {}, found a caller with none of them", expected.join(", "))
            }
        }
    }
}
