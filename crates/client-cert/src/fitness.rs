//! What an end entity's certificate must be like, whichever rule lists it.

use std::fmt;
use std::str::FromStr;

use crate::invalid_value::InvalidValue;
use crate::x509::ExtendedKeyUsage;

/// NIST SP 800-131A, revision 2, table 2: RSA keys below 2048 bits are disallowed for signatures.
pub const DEFAULT_MINIMUM_RSA_BITS: usize = 2048;

/// The adjustable part of what a caller's certificate must be like.
///
/// Not adjustable: it is within its validity, its key is of a supported kind, `keyUsage` if present has `digitalSignature`,
/// and no critical extension is unrecognized.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fitness {
    /// The purposes for which it must have been issued.
    pub extended_key_usage: ExtendedKeyUsageRule,
    /// The shortest RSA modulus, in bits.
    pub minimum_rsa_bits: usize,
}

impl Default for Fitness {
    fn default() -> Self {
        Self {
            extended_key_usage: ExtendedKeyUsageRule::default(),
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
    /// EKU must be present and contain id-kp-clientAuth.
    Required,
    /// EKU is not looked at, neither in the end entity nor along a path.
    Ignored,
}

impl ExtendedKeyUsageRule {
    /// Whether a certificate with these purposes, or without the extension, satisfies the rule.
    pub(crate) fn admits(self, found: Option<&ExtendedKeyUsage>) -> bool {
        match (self, found) {
            (Self::Ignored, _) | (Self::IfPresent, None) => true,
            (Self::Required, None) => false,
            (Self::IfPresent | Self::Required, Some(usage)) => usage.client_auth,
        }
    }
}

impl FromStr for ExtendedKeyUsageRule {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "if-present" => Ok(Self::IfPresent),
            "required" => Ok(Self::Required),
            "ignored" => Ok(Self::Ignored),
            _ => Err(InvalidValue("if-present, required or ignored")),
        }
    }
}

impl fmt::Display for ExtendedKeyUsageRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IfPresent => "if-present",
            Self::Required => "required",
            Self::Ignored => "ignored",
        })
    }
}
