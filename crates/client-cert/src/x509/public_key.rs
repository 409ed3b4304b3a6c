//! The kind and size of a certificate's key.

use std::fmt;

use x509_parser::prelude::FromDer;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// The kind of key that a certificate certifies, with its size where that says how strong it is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA (RFC 8017), also under the RSA-PSS identifier.
    Rsa {
        /// Bits of the modulus, leading zeros not counted.
        bits: usize,
    },
    /// ECDSA over NIST P-256.
    P256,
    /// ECDSA over NIST P-384.
    P384,
    /// ECDSA over NIST P-521.
    P521,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Ed448 (RFC 8410).
    Ed448,
    /// Anything else, by object identifier: of the curve if one is named, else of the algorithm.
    Other {
        /// In dotted notation.
        oid: String,
    },
}

impl PublicKey {
    /// Reads the kind of a key. A key that cannot be read is [`PublicKey::Other`], never a strong one.
    pub(crate) fn new(info: &SubjectPublicKeyInfo<'_>) -> Self {
        let oid = info.algorithm.algorithm.to_id_string();
        let other = |oid: String| Self::Other { oid };
        match oid.as_str() {
            "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
                rsa_bits(&info.subject_public_key.data)
                    .map_or_else(|| other(oid), |bits| Self::Rsa { bits })
            }
            "1.2.840.10045.2.1" => {
                let curve = info
                    .algorithm
                    .parameters
                    .as_ref()
                    .and_then(|curve| curve.as_oid().ok());
                match curve.map(|curve| curve.to_id_string()) {
                    None => other(oid),
                    Some(curve) => match curve.as_str() {
                        "1.2.840.10045.3.1.7" => Self::P256,
                        "1.3.132.0.34" => Self::P384,
                        "1.3.132.0.35" => Self::P521,
                        _ => other(curve),
                    },
                }
            }
            "1.3.101.112" => Self::Ed25519,
            "1.3.101.113" => Self::Ed448,
            _ => other(oid),
        }
    }
}

/// With another modulus or exponent than an odd one above 1, anybody can sign (RFC 8017, section 3.1).
fn is_odd_and_positive(integer: &[u8]) -> bool {
    let positive = integer.first().is_some_and(|first| first & 0x80 == 0);
    positive && integer.last().is_some_and(|last| last % 2 == 1)
}

fn is_one(integer: &[u8]) -> bool {
    integer.iter().rev().skip(1).all(|byte| *byte == 0) && integer.last() == Some(&1)
}

/// Bits of an RSA modulus. Leading zeros, which a lax encoding may pad it with, do not count.
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let (rest, key) = RSAPublicKey::from_der(key).ok()?;
    if !rest.is_empty() {
        return None;
    }
    if !is_odd_and_positive(key.modulus)
        || !is_odd_and_positive(key.exponent)
        || is_one(key.exponent)
    {
        return None;
    }
    let zeros = key.modulus.iter().take_while(|byte| **byte == 0).count();
    let first = *key.modulus.get(zeros)?;
    let leading = usize::try_from(first.leading_zeros()).ok()?;
    (key.modulus.len() - zeros)
        .checked_mul(8)?
        .checked_sub(leading)
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA with {bits} bits"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::P521 => f.write_str("P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::Other { oid } => write!(f, "an algorithm or curve with the identifier {oid}"),
        }
    }
}
