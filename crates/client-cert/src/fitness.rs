//! What an end entity's certificate must be like, whichever rule lists it.

use std::fmt;

use crate::x509::{ExtendedKeyUsage, KeyUsage};

/// NIST SP 800-131A, revision 2, table 2: RSA keys below 2048 bits are disallowed for signatures.
pub const DEFAULT_MINIMUM_RSA_BITS: usize = 2048;

/// The adjustable part of what a caller's certificate must be like.
///
/// Not adjustable: it is within its validity, its key is of a supported kind, and no critical extension is unrecognized.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fitness {
    /// The purposes for which it must have been issued.
    pub extended_key_usage: ExtendedKeyUsageRule,
    /// What its key must be allowed to do.
    pub key_usage: KeyUsageRule,
    /// The shortest RSA modulus, in bits.
    pub minimum_rsa_bits: usize,
}

impl Default for Fitness {
    fn default() -> Self {
        Self {
            extended_key_usage: ExtendedKeyUsageRule::default(),
            key_usage: KeyUsageRule::default(),
            minimum_rsa_bits: DEFAULT_MINIMUM_RSA_BITS,
        }
    }
}

/// The extended key usage (EKU; RFC 5280, section 4.2.1.12) that a caller's certificate must have.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ExtendedKeyUsageRule {
    /// If EKU is present, it must contain id-kp-clientAuth; anyExtendedKeyUsage does not count.
    #[default]
    IfPresent,
    /// If EKU is present, it must contain id-kp-clientAuth or anyExtendedKeyUsage.
    Any,
    /// EKU must be present and contain id-kp-clientAuth.
    Required,
    /// EKU is not looked at, neither in the end entity nor along a path.
    Ignored,
}

impl ExtendedKeyUsageRule {
    /// The word of each in settings.
    pub const WORDS: &[(&str, Self)] = &[
        ("if-present", Self::IfPresent),
        ("any", Self::Any),
        ("required", Self::Required),
        ("ignored", Self::Ignored),
    ];

    /// Whether a certificate with these purposes, or without the extension, satisfies the rule.
    pub(crate) fn admits(self, found: Option<&ExtendedKeyUsage>) -> bool {
        match (self, found) {
            (Self::Ignored, _) | (Self::IfPresent | Self::Any, None) => true,
            (Self::Required, None) => false,
            (Self::Any, Some(usage)) => usage.client_auth || usage.any,
            (Self::IfPresent | Self::Required, Some(usage)) => usage.client_auth,
        }
    }
}

impl fmt::Display for ExtendedKeyUsageRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IfPresent => "if-present",
            Self::Any => "any",
            Self::Required => "required",
            Self::Ignored => "ignored",
        })
    }
}

/// What keyUsage (RFC 5280, section 4.2.1.3) must allow a caller's key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyUsageRule {
    /// If keyUsage is present, it must contain digitalSignature: the key signed the handshake with the front end (RFC 8446,
    /// section 4.4.2.2).
    #[default]
    DigitalSignature,
    /// keyUsage is not looked at, for certificates of old authorities: with keyEncipherment alone, as RSA keys had it for
    /// TLS 1.2 and before.
    Any,
}

impl KeyUsageRule {
    /// The word of each in settings.
    pub const WORDS: &[(&str, Self)] = &[
        ("digital-signature", Self::DigitalSignature),
        ("any", Self::Any),
    ];

    /// Whether a certificate with this keyUsage, or without the extension, satisfies the rule.
    pub(crate) fn admits(self, found: Option<KeyUsage>) -> bool {
        match self {
            Self::Any => true,
            Self::DigitalSignature => found.is_none_or(KeyUsage::digital_signature),
        }
    }
}

impl fmt::Display for KeyUsageRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DigitalSignature => "digital-signature",
            Self::Any => "any",
        })
    }
}
