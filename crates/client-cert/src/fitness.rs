//! What a certificate must be like beyond being named by a rule.

use rustls_pki_types::UnixTime;

use super::denial::Denial;
use super::policy::{ExtendedKeyUsageRule, MINIMUM_RSA_BITS_NAME, Rules};
use crate::x509::Certificate;
use crate::x509::PublicKey;
use crate::x509::{rfc3339, seconds};

/// One check of the end entity. Each fails closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Check {
    CriticalExtensions,
    Validity,
    PublicKey,
    KeyUsage,
    ExtendedKeyUsage,
    NotAuthority,
}

/// What a pinned certificate must pass.
///
/// Left out: `NotAuthority`, since `openssl req -x509` makes self-signed certificates with cA, and a pin
/// admits exactly one certificate whatever it calls itself; and the path, since a pin has none.
pub(crate) const PIN_CHECKS: [Check; 5] = [
    Check::CriticalExtensions,
    Check::Validity,
    Check::PublicKey,
    Check::KeyUsage,
    Check::ExtendedKeyUsage,
];

/// What a certificate must pass whose name is listed, before its path is verified.
pub(crate) const PATH_CHECKS: [Check; 6] = [
    Check::CriticalExtensions,
    Check::Validity,
    Check::PublicKey,
    Check::KeyUsage,
    Check::ExtendedKeyUsage,
    Check::NotAuthority,
];

impl Check {
    /// The name under which an explanation lists it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CriticalExtensions => "critical-extensions",
            Self::Validity => "validity",
            Self::PublicKey => "public-key",
            Self::KeyUsage => "key-usage",
            Self::ExtendedKeyUsage => "extended-key-usage",
            Self::NotAuthority => "not-authority",
        }
    }

    /// What it asks for, for an explanation; the decision never makes this text.
    pub(crate) fn expected(self, rules: &Rules, now: UnixTime) -> String {
        match self {
            Self::CriticalExtensions => "no unknown critical extension".to_owned(),
            Self::Validity => format!("valid at {}", rfc3339(seconds(now))),
            Self::PublicKey => format!(
                "RSA of at least {} bits ({MINIMUM_RSA_BITS_NAME}), P-256, P-384, P-521, Ed25519 or Ed448",
                rules.minimum_rsa_bits
            ),
            Self::KeyUsage => "digitalSignature, where key usage stands".to_owned(),
            Self::ExtendedKeyUsage => match rules.extended_key_usage {
                ExtendedKeyUsageRule::IfPresent => {
                    "clientAuth, where extended key usage stands (if-present)"
                }
                ExtendedKeyUsageRule::Required => "extended key usage with clientAuth (required)",
                ExtendedKeyUsageRule::Ignored => "anything (ignored)",
            }
            .to_owned(),
            Self::NotAuthority => "no authority's certificate".to_owned(),
        }
    }

    /// What the certificate has for it, whether it passes or not.
    pub(crate) fn seen(self, certificate: &Certificate) -> String {
        let extensions = certificate.extensions();
        let absent = || "no such extension".to_owned();
        match self {
            Self::CriticalExtensions if extensions.unknown_critical.is_empty() => "none".to_owned(),
            Self::CriticalExtensions => extensions.unknown_critical.join(", "),
            Self::Validity => {
                let window = certificate.validity();
                format!(
                    "from {} to {}",
                    rfc3339(window.not_before),
                    rfc3339(window.not_after)
                )
            }
            Self::PublicKey => certificate.public_key().to_string(),
            Self::KeyUsage => extensions
                .key_usage
                .map_or_else(absent, |usage| usage.to_string()),
            Self::ExtendedKeyUsage => extensions
                .extended_key_usage
                .as_ref()
                .map_or_else(absent, ToString::to_string),
            Self::NotAuthority if extensions.is_ca() => {
                "an authority's (basicConstraints with cA)".to_owned()
            }
            Self::NotAuthority => "a caller's".to_owned(),
        }
    }

    /// Whether the certificate passes.
    pub(crate) fn run(
        self,
        certificate: &Certificate,
        rules: &Rules,
        now: UnixTime,
    ) -> Result<(), Denial> {
        match self {
            Self::CriticalExtensions => critical_extensions(certificate),
            Self::Validity => validity(certificate, now),
            Self::PublicKey => public_key(certificate, rules.minimum_rsa_bits),
            Self::KeyUsage => key_usage(certificate),
            Self::ExtendedKeyUsage => extended_key_usage(certificate, rules.extended_key_usage),
            Self::NotAuthority => not_authority(certificate),
        }
    }
}

fn critical_extensions(certificate: &Certificate) -> Result<(), Denial> {
    match certificate.extensions().unknown_critical.as_slice() {
        [] => Ok(()),
        unknown => Err(Denial::CriticalExtension {
            seen: unknown.join(", "),
        }),
    }
}

fn validity(certificate: &Certificate, now: UnixTime) -> Result<(), Denial> {
    let window = certificate.validity();
    let now = seconds(now);
    if now > window.not_after {
        Err(Denial::Expired {
            not_after: window.not_after,
            now,
        })
    } else if now < window.not_before {
        Err(Denial::NotYetValid {
            not_before: window.not_before,
            now,
        })
    } else {
        Ok(())
    }
}

fn public_key(certificate: &Certificate, minimum_rsa_bits: usize) -> Result<(), Denial> {
    match certificate.public_key() {
        PublicKey::Rsa { bits } if *bits < minimum_rsa_bits => Err(Denial::KeyTooShort {
            expected: minimum_rsa_bits,
            seen: *bits,
        }),
        key @ PublicKey::Other { .. } => Err(Denial::KeyUnsupported { seen: key.clone() }),
        PublicKey::Rsa { .. }
        | PublicKey::P256
        | PublicKey::P384
        | PublicKey::P521
        | PublicKey::Ed25519
        | PublicKey::Ed448 => Ok(()),
    }
}

/// The key signed the handshake with the front end, so it must be allowed to sign (RFC 8446, section 4.4.2.2).
fn key_usage(certificate: &Certificate) -> Result<(), Denial> {
    match certificate.extensions().key_usage {
        Some(usage) if !usage.digital_signature() => Err(Denial::KeyUsage {
            seen: usage.to_string(),
        }),
        Some(_) | None => Ok(()),
    }
}

fn extended_key_usage(certificate: &Certificate, rule: ExtendedKeyUsageRule) -> Result<(), Denial> {
    let present = certificate.extensions().extended_key_usage.as_ref();
    let passes = match (rule, present) {
        (ExtendedKeyUsageRule::Ignored, _) => true,
        (ExtendedKeyUsageRule::IfPresent, None) => true,
        (ExtendedKeyUsageRule::Required, None) => false,
        (ExtendedKeyUsageRule::IfPresent | ExtendedKeyUsageRule::Required, Some(usage)) => {
            usage.client_auth
        }
    };
    if passes {
        return Ok(());
    }
    Err(Denial::ExtendedKeyUsage {
        expected: rule,
        seen: present.map(ToString::to_string),
    })
}

fn not_authority(certificate: &Certificate) -> Result<(), Denial> {
    if certificate.extensions().is_ca() {
        return Err(Denial::CaCertificate);
    }
    Ok(())
}
