//! The reasons for refusals: one table of codes in their order.

/// Defines the enum, its list and its codes from one table, so that none can miss a reason or order it differently.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why a caller is not admitted, without details; see [`Denial`](crate::Denial) for those.
        ///
        /// Ordered by usefulness to the operator when several apply, the most useful first. A reason that concerns a
        /// certificate which a rule lists precedes those that say that no rule does: somebody meant to admit that caller.
        /// Among the former, what no change of the policy can cure precedes what it can.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every reason, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name. Logs and alerts may rely on it.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// A policy is configured and cannot be had.
    PolicyUnavailable = "policy-unavailable",
    /// No front end is declared.
    FrontEndUndeclared = "front-end-undeclared",
    /// The request did not come over TLS, or does not say so exactly once.
    NotOverTls = "not-over-tls",
    /// The request does not prove that it comes from the front end.
    FrontEndUnproven = "front-end-unproven",
    /// The request is addressed to a host that is not this machine.
    HostNotLocal = "host-not-local",
    /// A page of another site made a browser send the request.
    CrossSite = "cross-site",
    /// No certificate header.
    CertificateAbsent = "certificate-absent",
    /// A certificate header without a value.
    HeaderEmpty = "header-empty",
    /// Several certificate headers.
    HeaderRepeated = "header-repeated",
    /// Several values in one certificate header.
    HeaderJoined = "header-joined",
    /// A certificate header beyond the limit.
    HeaderTooLong = "header-too-long",
    /// Not encoded as the front end encodes it.
    HeaderEncoding = "header-encoding",
    /// The header's own hash is that of another certificate.
    HeaderHash = "header-hash",
    /// Not one readable X.509 certificate.
    CertificateMalformed = "certificate-malformed",
    /// The policy denies the certificate.
    Denied = "denied",
    /// Rules of several callers list the certificate.
    SeveralCallers = "several-callers",
    /// Admitted, without any of the required roles.
    RoleMissing = "role-missing",
    /// An unrecognized critical extension.
    CriticalExtension = "critical-extension",
    /// The certificate's validity has ended.
    CertificateExpired = "certificate-expired",
    /// The certificate's validity has not begun.
    CertificateNotYetValid = "certificate-not-yet-valid",
    /// An RSA key that is too short.
    KeyTooShort = "key-too-short",
    /// A kind of key that is not supported, or not a usable key.
    KeyUnsupported = "key-unsupported",
    /// keyUsage without digitalSignature.
    KeyUsage = "key-usage",
    /// extKeyUsage without clientAuth.
    ExtendedKeyUsage = "extended-key-usage",
    /// An authority's certificate.
    CaCertificate = "ca-certificate",
    /// The rule that lists the certificate does not count yet.
    RuleNotYetInForce = "rule-not-yet-in-force",
    /// The rule that lists the certificate counts no longer.
    RuleEnded = "rule-ended",
    /// A certificate on the path is revoked.
    CertificateRevoked = "certificate-revoked",
    /// No revocation list covers a certificate on the path.
    RevocationUnknown = "revocation-unknown",
    /// The revocation list is past its nextUpdate.
    RevocationStale = "revocation-stale",
    /// No verified path to a trust anchor.
    PathUnverified = "path-unverified",
    /// Several common names, one of them listed.
    CommonNameAmbiguous = "common-name-ambiguous",
    /// No rule lists the certificate.
    NotListed = "not-listed",
    /// The policy has no rules.
    PolicyEmpty = "policy-empty",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_the_codes_differ() {
        assert!(Reason::ALL.is_sorted());
        let mut codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
