//! The checks of an end entity's certificate, and what they found.

use rustls_pki_types::UnixTime;

use crate::denial::Denial;
use crate::fitness::{ExtendedKeyUsageRule, Fitness, KeyUsageRule};
use crate::x509::{Certificate, PublicKey, rfc3339, seconds};

/// One check. Each fails closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Check {
    CriticalExtensions,
    Validity,
    PublicKey,
    KeyUsage,
    ExtendedKeyUsage,
    NotAuthority,
}

/// What one check found: nothing against the certificate, or a denial.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) check: Check,
    pub(crate) denial: Option<Denial>,
}

impl Finding {
    pub(crate) fn passes(&self) -> bool {
        self.denial.is_none()
    }
}

/// What every check found.
#[derive(Clone, Debug)]
pub(crate) struct Findings([Finding; 6]);

impl Findings {
    /// Runs every check, whichever rules list the certificate.
    pub(crate) fn new(fitness: Fitness, certificate: &Certificate, now: UnixTime) -> Self {
        Self(Check::ALL.map(|check| Finding {
            check,
            denial: check.run(certificate, fitness, now).err(),
        }))
    }

    /// Those that count for a pinned certificate.
    ///
    /// Left out: `NotAuthority`, since `openssl req -x509` makes self-signed certificates with cA, and a pin admits exactly
    /// one certificate whatever it calls itself.
    pub(crate) fn for_pin(&self) -> impl Iterator<Item = &Finding> {
        self.0
            .iter()
            .filter(|finding| finding.check != Check::NotAuthority)
    }

    /// Those that count for a listed name: all.
    pub(crate) fn for_name(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }
}

impl Check {
    /// In the order of [`Reason`](crate::Reason).
    const ALL: [Self; 6] = [
        Self::CriticalExtensions,
        Self::Validity,
        Self::PublicKey,
        Self::KeyUsage,
        Self::ExtendedKeyUsage,
        Self::NotAuthority,
    ];

    /// The name in an explanation.
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

    /// What it requires, for an explanation; a decision never makes this text.
    pub(crate) fn expected(self, fitness: Fitness, now: UnixTime) -> String {
        match self {
            Self::CriticalExtensions => "no unrecognized critical extension".to_owned(),
            Self::Validity => format!("valid at {}", rfc3339(seconds(now))),
            Self::PublicKey => format!(
                "RSA of at least {} bits, P-256, P-384, P-521, Ed25519 or Ed448",
                fitness.minimum_rsa_bits
            ),
            Self::KeyUsage => match fitness.key_usage {
                KeyUsageRule::DigitalSignature => "digitalSignature, if keyUsage is present",
                KeyUsageRule::Any => "anything (any)",
            }
            .to_owned(),
            Self::ExtendedKeyUsage => match fitness.extended_key_usage {
                ExtendedKeyUsageRule::IfPresent => {
                    "clientAuth, if extKeyUsage is present (if-present)"
                }
                ExtendedKeyUsageRule::Any => {
                    "clientAuth or anyExtendedKeyUsage, if extKeyUsage is present (any)"
                }
                ExtendedKeyUsageRule::Required => "extKeyUsage with clientAuth (required)",
                ExtendedKeyUsageRule::Ignored => "anything (ignored)",
            }
            .to_owned(),
            Self::NotAuthority => "an end entity's certificate".to_owned(),
        }
    }

    /// What the certificate has for it, whether it passes or not; for an explanation.
    pub(crate) fn found(self, certificate: &Certificate) -> String {
        let extensions = certificate.extensions();
        let absent = || "no such extension".to_owned();
        match self {
            Self::CriticalExtensions if extensions.unrecognized_critical.is_empty() => {
                "none".to_owned()
            }
            Self::CriticalExtensions => extensions.unrecognized_critical.join(", "),
            Self::Validity => {
                let window = certificate.validity();
                let [from, to] = [window.not_before, window.not_after].map(rfc3339);
                format!("from {from} to {to}")
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
            Self::NotAuthority => "an end entity's".to_owned(),
        }
    }

    fn run(self, certificate: &Certificate, fitness: Fitness, now: UnixTime) -> Result<(), Denial> {
        match self {
            Self::CriticalExtensions => critical_extensions(certificate),
            Self::Validity => validity(certificate, now),
            Self::PublicKey => public_key(certificate, fitness.minimum_rsa_bits),
            Self::KeyUsage => key_usage(certificate, fitness.key_usage),
            Self::ExtendedKeyUsage => extended_key_usage(certificate, fitness.extended_key_usage),
            Self::NotAuthority => not_authority(certificate),
        }
    }
}

fn critical_extensions(certificate: &Certificate) -> Result<(), Denial> {
    match certificate.extensions().unrecognized_critical.as_slice() {
        [] => Ok(()),
        unrecognized => Err(Denial::CriticalExtension {
            found: unrecognized.join(", "),
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
            found: *bits,
        }),
        key @ (PublicKey::Other { .. } | PublicKey::Unusable(_)) => {
            Err(Denial::KeyUnsupported { found: key.clone() })
        }
        PublicKey::Rsa { .. }
        | PublicKey::P256
        | PublicKey::P384
        | PublicKey::P521
        | PublicKey::Ed25519
        | PublicKey::Ed448 => Ok(()),
    }
}

fn key_usage(certificate: &Certificate, rule: KeyUsageRule) -> Result<(), Denial> {
    match certificate.extensions().key_usage {
        Some(usage) if !rule.admits(Some(usage)) => Err(Denial::KeyUsage {
            found: usage.to_string(),
        }),
        Some(_) | None => Ok(()),
    }
}

fn extended_key_usage(certificate: &Certificate, rule: ExtendedKeyUsageRule) -> Result<(), Denial> {
    let present = certificate.extensions().extended_key_usage.as_ref();
    match rule.admits(present) {
        true => Ok(()),
        false => Err(Denial::ExtendedKeyUsage {
            expected: rule,
            found: present.map(ToString::to_string),
        }),
    }
}

fn not_authority(certificate: &Certificate) -> Result<(), Denial> {
    match certificate.extensions().is_ca() {
        true => Err(Denial::CaCertificate),
        false => Ok(()),
    }
}
