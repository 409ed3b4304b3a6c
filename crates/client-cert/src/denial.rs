//! Why a caller is not admitted. For the audit log, never for the caller.

use std::fmt;

use crate::denied::DeniedEntry;
use crate::fitness::ExtendedKeyUsageRule;
use crate::forwarded::ForwardedError;
use crate::policy_name::{CallerName, RoleName};
use crate::reason::Reason;
use crate::revocation::Revocation;
use crate::trust::PathError;
use crate::unavailable::Unavailable;
use crate::x509::{CertificateError, PublicKey, rfc3339};

/// One reason for a refusal, with what was expected and what was found.
///
/// No variant holds a header value that could be a certificate. Text that comes from a certificate or a header is escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Denial {
    /// A policy is configured and cannot be had, so that nobody is admitted until it can.
    PolicyUnavailable(Unavailable),
    /// No front end is declared, so that the certificate's header may come from anybody.
    FrontEndUndeclared,
    /// The front end is App Service, and the request is not marked exactly once as having come over TLS.
    NotOverTls {
        /// `X-Forwarded-Proto`, described.
        found: &'static str,
    },
    /// The front end proves itself by a secret, and the request has not exactly one that counts. No certificate is believed.
    FrontEndUnproven {
        /// `X-Client-Cert-Front-End`, described.
        found: &'static str,
    },
    /// The front end is a developer's machine, and the request is addressed to another host.
    ///
    /// A page on the web can make its own name resolve to a loopback address (DNS rebinding) and reach the handler through
    /// the developer's browser; the name in the request gives it away.
    HostNotLocal {
        /// The header that names another host, with its value escaped and shortened.
        found: String,
    },
    /// A browser sent the request on behalf of a page of another site. Decided by an adapter, before any certificate is
    /// looked at: a certificate in a browser accompanies any page's requests.
    CrossSite {
        /// The header that says so, with its value. `Display` escapes it.
        found: String,
    },
    /// The header does not hold exactly one certificate.
    Forwarded(ForwardedError),
    /// The header's bytes are not a certificate.
    Certificate(CertificateError),
    /// The policy denies the certificate, whatever else admits it.
    Denied {
        /// The entry that it satisfies.
        by: DeniedEntry,
    },
    /// The certificate satisfies rules of more than one caller.
    SeveralCallers {
        /// Their names, in the order of the policy; `None` for the caller without a name.
        callers: Vec<Option<CallerName>>,
    },
    /// Admitted, but without any of the roles that the function requires.
    RoleMissing {
        /// The roles, any of which would do.
        expected: Vec<RoleName>,
        /// The roles of the caller.
        found: Vec<RoleName>,
    },
    /// Critical extensions that are not recognized (RFC 5280, section 4.2).
    CriticalExtension {
        /// In dotted notation, separated by commas.
        found: String,
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
    /// An RSA key below the policy's minimum.
    KeyTooShort {
        /// The minimum, in bits.
        expected: usize,
        /// Bits of the modulus.
        found: usize,
    },
    /// A key of a kind that is not supported, or one that is not a usable key.
    KeyUnsupported {
        /// Which.
        found: PublicKey,
    },
    /// keyUsage without `digitalSignature`: the key must not sign a handshake.
    KeyUsage {
        /// What it has instead.
        found: String,
    },
    /// Not issued for authenticating clients.
    ExtendedKeyUsage {
        /// What the policy requires.
        expected: ExtendedKeyUsageRule,
        /// The purposes; `None` if the extension is absent.
        found: Option<String>,
    },
    /// The certificate of an authority where an end entity's was expected.
    CaCertificate,
    /// The rule that lists the certificate, or its caller, does not count yet.
    RuleNotYetInForce {
        /// From when it does, in seconds since 1970.
        not_before: i64,
        /// The instant of the decision.
        now: i64,
    },
    /// The rule that lists the certificate, or its caller, counts no longer.
    RuleEnded {
        /// Until when it did, in seconds since 1970.
        until: i64,
        /// The instant of the decision.
        now: i64,
    },
    /// No verified path to a trust anchor.
    Path(PathError),
    /// A certificate on the path is revoked.
    Revoked,
    /// No revocation list covers a certificate on the path, and the domain refuses such.
    RevocationUnknown,
    /// The newest list that covers a certificate on the path is past its nextUpdate, and the domain refuses such.
    RevocationStale,
    /// Several common names, one of which is listed: none counts.
    CommonNameAmbiguous {
        /// How many.
        found: usize,
    },
    /// No rule lists the certificate.
    NotListed,
    /// The policy has no rule at all.
    PolicyEmpty,
}

impl Denial {
    /// The reason without its details.
    pub fn reason(&self) -> Reason {
        match self {
            Self::PolicyUnavailable(_) => Reason::PolicyUnavailable,
            Self::FrontEndUndeclared => Reason::FrontEndUndeclared,
            Self::NotOverTls { .. } => Reason::NotOverTls,
            Self::FrontEndUnproven { .. } => Reason::FrontEndUnproven,
            Self::HostNotLocal { .. } => Reason::HostNotLocal,
            Self::CrossSite { .. } => Reason::CrossSite,
            Self::Forwarded(ForwardedError::Absent) => Reason::CertificateAbsent,
            Self::Forwarded(ForwardedError::Empty) => Reason::HeaderEmpty,
            Self::Forwarded(ForwardedError::Repeated { .. }) => Reason::HeaderRepeated,
            Self::Forwarded(ForwardedError::Joined) => Reason::HeaderJoined,
            Self::Forwarded(ForwardedError::TooLong { .. }) => Reason::HeaderTooLong,
            Self::Forwarded(
                ForwardedError::Encoding { .. }
                | ForwardedError::Element { .. }
                | ForwardedError::ByteSequence,
            ) => Reason::HeaderEncoding,
            Self::Forwarded(ForwardedError::OtherHash) => Reason::HeaderHash,
            Self::Certificate(_) => Reason::CertificateMalformed,
            Self::Denied { .. } => Reason::Denied,
            Self::SeveralCallers { .. } => Reason::SeveralCallers,
            Self::RoleMissing { .. } => Reason::RoleMissing,
            Self::CriticalExtension { .. } => Reason::CriticalExtension,
            Self::Expired { .. } => Reason::CertificateExpired,
            Self::NotYetValid { .. } => Reason::CertificateNotYetValid,
            Self::KeyTooShort { .. } => Reason::KeyTooShort,
            Self::KeyUnsupported { .. } => Reason::KeyUnsupported,
            Self::KeyUsage { .. } => Reason::KeyUsage,
            Self::ExtendedKeyUsage { .. } => Reason::ExtendedKeyUsage,
            Self::CaCertificate => Reason::CaCertificate,
            Self::RuleNotYetInForce { .. } => Reason::RuleNotYetInForce,
            Self::RuleEnded { .. } => Reason::RuleEnded,
            Self::Path(_) => Reason::PathUnverified,
            Self::Revoked => Reason::CertificateRevoked,
            Self::RevocationUnknown => Reason::RevocationUnknown,
            Self::RevocationStale => Reason::RevocationStale,
            Self::CommonNameAmbiguous { .. } => Reason::CommonNameAmbiguous,
            Self::NotListed => Reason::NotListed,
            Self::PolicyEmpty => Reason::PolicyEmpty,
        }
    }

    /// The state of revocation for which the caller is refused, if that is why.
    pub fn revocation(&self) -> Option<Revocation> {
        match self {
            Self::Revoked => Some(Revocation::Revoked),
            Self::RevocationUnknown => Some(Revocation::Unknown),
            Self::RevocationStale => Some(Revocation::Stale),
            _ => None,
        }
    }

    /// The stable name of the reason.
    pub fn code(&self) -> &'static str {
        self.reason().code()
    }

    /// Whether the caller is authenticated and only lacks a role (403 rather than 401; RFC 9110, section 15.5.4).
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::RoleMissing { .. })
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PolicyUnavailable(why) => {
                write!(f, "expected the configured policy, found {why}: nobody is admitted until it can be had")
            }
            Self::FrontEndUndeclared => f.write_str(
                "expected a declared front end, found none: every forwarded certificate is ignored",
            ),
            Self::NotOverTls { found } => {
                write!(f, "expected exactly one X-Forwarded-Proto with the value https, found {found}")
            }
            Self::FrontEndUnproven { found } => write!(
                f,
                "expected one X-Client-Cert-Front-End with the front end's secret, found {found}"
            ),
            Self::HostNotLocal { found } => write!(
                f,
                "expected a loopback name in Host, X-Forwarded-Host and X-Original-Host, found {found}"
            ),
            Self::CrossSite { found } => {
                write!(f, "expected a request that no page of another site made, found {found:?}")
            }
            Self::Forwarded(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
            Self::Denied { by } => write!(f, "expected a certificate that the policy does not deny, found {by}"),
            Self::SeveralCallers { callers } => {
                let names: Vec<&str> = callers.iter().map(display_name).collect();
                write!(f, "expected a certificate of one caller, found rules of several that list it: {}", names.join(", "))
            }
            Self::RoleMissing { expected, found } => {
                let found = match found.as_slice() {
                    [] => "a caller without roles".to_owned(),
                    roles => joined(roles),
                };
                write!(f, "expected one of the roles {}, found {found}", joined(expected))
            }
            Self::CriticalExtension { found } => {
                write!(f, "expected no unrecognized critical extension, found {found}")
            }
            Self::Expired { not_after, now } => write!(
                f,
                "expected a certificate that is valid at {}, found one that ended at {}",
                rfc3339(*now),
                rfc3339(*not_after)
            ),
            Self::NotYetValid { not_before, now } => write!(
                f,
                "expected a certificate that is valid at {}, found one that begins at {}",
                rfc3339(*now),
                rfc3339(*not_before)
            ),
            Self::KeyTooShort { expected, found } => {
                write!(f, "expected an RSA key of at least {expected} bits, found {found}")
            }
            Self::KeyUnsupported { found } => {
                write!(f, "expected an RSA, P-256, P-384, P-521, Ed25519 or Ed448 key, found {found}")
            }
            Self::KeyUsage { found } => write!(f, "expected keyUsage with digitalSignature, found {found}"),
            Self::ExtendedKeyUsage { expected, found } => write!(
                f,
                "expected extKeyUsage with clientAuth ({expected}), found {}",
                found.as_deref().unwrap_or("no such extension")
            ),
            Self::CaCertificate => {
                f.write_str("expected an end entity's certificate, found an authority's (basicConstraints with cA)")
            }
            Self::RuleNotYetInForce { not_before, now } => write!(
                f,
                "expected a rule that counts at {}, found one that counts from {}",
                rfc3339(*now),
                rfc3339(*not_before)
            ),
            Self::RuleEnded { until, now } => write!(
                f,
                "expected a rule that counts at {}, found one that counted until {}",
                rfc3339(*now),
                rfc3339(*until)
            ),
            Self::Path(error) => error.fmt(f),
            Self::Revoked => f.write_str(
                "expected certificates that their issuers have not revoked, found one that is on a revocation list",
            ),
            Self::RevocationUnknown => f.write_str(
                "expected a revocation list for each certificate of the path, found none for one",
            ),
            Self::RevocationStale => f.write_str(
                "expected a revocation list that is up to date, found one past its nextUpdate",
            ),
            Self::CommonNameAmbiguous { found } => {
                write!(f, "expected one common name, found {found}: none of them counts")
            }
            Self::NotListed => f.write_str("expected a listed certificate, found one that no rule lists"),
            Self::PolicyEmpty => f.write_str("expected a policy that lists somebody, found no rule: nobody is admitted"),
        }
    }
}

/// Roles as a list for people.
pub(crate) fn joined(roles: &[RoleName]) -> String {
    let roles: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
    roles.join(", ")
}

fn display_name(name: &Option<CallerName>) -> &str {
    name.as_ref()
        .map_or("the caller without a name", CallerName::as_str)
}
