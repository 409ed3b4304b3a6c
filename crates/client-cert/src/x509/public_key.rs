//! The kind and size of a certificate's key.

use std::fmt;

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::der::is_primitive;

/// The kind of key that a certificate certifies, with its size where that says how strong it is.
///
/// Not verified: that a point lies on its curve. The front end's handshake failed if it does not.
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
    /// Another algorithm or curve.
    Other {
        /// The identifier of the curve if one is named, else of the algorithm, in dotted notation.
        oid: String,
    },
    /// Not a key that can be used safely.
    Unusable(KeyFault),
}

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyFault {
    /// An RSA key that is not a modulus and an exponent.
    UnreadableRsa,
    /// An RSA modulus below zero.
    NegativeModulus,
    /// An RSA modulus that is even: one of its factors is known.
    EvenModulus,
    /// An RSA exponent below zero.
    NegativeExponent,
    /// An RSA exponent that is even, with which no key pair exists (RFC 8017, section 3.1).
    EvenExponent,
    /// An RSA exponent of 1, with which every message is its own signature.
    ExponentOfOne,
    /// A curve given by its parameters instead of its name (RFC 5480, section 2.1.1, forbids it): the parameters may be made
    /// for a signature that anybody can forge (CVE-2020-0601).
    ExplicitCurve,
}

impl PublicKey {
    /// Reads the kind of a key. A key that cannot be read is never a strong one.
    pub(crate) fn new(info: &SubjectPublicKeyInfo<'_>) -> Self {
        let oid = info.algorithm.algorithm.to_id_string();
        match oid.as_str() {
            "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
                match rsa_bits(&info.subject_public_key.data) {
                    Ok(bits) => Self::Rsa { bits },
                    Err(fault) => Self::Unusable(fault),
                }
            }
            "1.2.840.10045.2.1" => {
                let parameters = info.algorithm.parameters.as_ref();
                match parameters.map(named_curve) {
                    Some(Some(curve)) => Self::on_curve(curve),
                    Some(None) => Self::Unusable(KeyFault::ExplicitCurve),
                    None => Self::Other { oid },
                }
            }
            "1.3.101.112" => Self::Ed25519,
            "1.3.101.113" => Self::Ed448,
            _ => Self::Other { oid },
        }
    }

    fn on_curve(oid: String) -> Self {
        match oid.as_str() {
            "1.2.840.10045.3.1.7" => Self::P256,
            "1.3.132.0.34" => Self::P384,
            "1.3.132.0.35" => Self::P521,
            _ => Self::Other { oid },
        }
    }
}

/// The identifier of a curve. `Any::as_oid` alone reads the content of any element as one.
fn named_curve(parameters: &Any<'_>) -> Option<String> {
    let is_identifier = is_primitive(parameters, Tag::Oid);
    let curve = parameters.as_oid().ok().filter(|_| is_identifier)?;
    Some(curve.to_id_string())
}

/// Bits of an RSA modulus. Leading zeros, with which a lax encoding may pad it, do not count.
fn rsa_bits(key: &[u8]) -> Result<usize, KeyFault> {
    let (rest, key) = RSAPublicKey::from_der(key).map_err(|_| KeyFault::UnreadableRsa)?;
    if !rest.is_empty() {
        return Err(KeyFault::UnreadableRsa);
    }
    if is_negative(key.modulus) {
        return Err(KeyFault::NegativeModulus);
    }
    if is_even(key.modulus) {
        return Err(KeyFault::EvenModulus);
    }
    if is_negative(key.exponent) {
        return Err(KeyFault::NegativeExponent);
    }
    if is_even(key.exponent) {
        return Err(KeyFault::EvenExponent);
    }
    if is_one(key.exponent) {
        return Err(KeyFault::ExponentOfOne);
    }
    bits(key.modulus).ok_or(KeyFault::UnreadableRsa)
}

fn is_negative(integer: &[u8]) -> bool {
    integer.first().is_some_and(|first| first & 0x80 != 0)
}

fn is_even(integer: &[u8]) -> bool {
    integer.last().is_none_or(|last| last % 2 == 0)
}

fn is_one(integer: &[u8]) -> bool {
    integer.iter().rev().skip(1).all(|byte| *byte == 0) && integer.last() == Some(&1)
}

fn bits(integer: &[u8]) -> Option<usize> {
    let first = integer.iter().position(|byte| *byte != 0)?;
    let digits = integer.get(first..)?;
    let leading = usize::try_from(digits.first()?.leading_zeros()).ok()?;
    digits.len().checked_mul(8)?.checked_sub(leading)
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
            Self::Unusable(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnreadableRsa => "an RSA key that is not a modulus and an exponent",
            Self::NegativeModulus => "an RSA key with a negative modulus",
            Self::EvenModulus => "an RSA key with an even modulus",
            Self::NegativeExponent => "an RSA key with a negative exponent",
            Self::EvenExponent => "an RSA key with an even exponent",
            Self::ExponentOfOne => "an RSA key with an exponent of 1",
            Self::ExplicitCurve => {
                "an elliptic curve given by explicit parameters instead of its name"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use test_support::crl::{element, sequence};

    use super::*;

    #[test]
    fn a_modulus_has_as_many_bits_as_it_needs() {
        let odd = |first: u8, octets: usize| [vec![first], vec![1; octets - 1]].concat();
        let padded = |zeros: usize, modulus: Vec<u8>| [vec![0; zeros], modulus].concat();
        const USUAL: &[u8] = &[1, 0, 1];
        for (modulus, exponent, expected) in [
            (padded(1, odd(0x80, 256)), USUAL, Ok(2048)),
            (odd(0x7f, 256), USUAL, Ok(2047)),
            (odd(1, 256), USUAL, Ok(2041)),
            (
                padded(2, odd(0x80, 255)),
                USUAL,
                Err(KeyFault::UnreadableRsa),
            ),
            (padded(1, odd(1, 256)), USUAL, Err(KeyFault::UnreadableRsa)),
            (odd(0x80, 256), USUAL, Err(KeyFault::NegativeModulus)),
            (vec![0], USUAL, Err(KeyFault::EvenModulus)),
            (odd(1, 256), &[3], Ok(2041)),
            (odd(1, 256), &[1, 1], Ok(2041)),
            (odd(1, 256), &[1], Err(KeyFault::ExponentOfOne)),
            (odd(1, 256), &[0, 1], Err(KeyFault::UnreadableRsa)),
            (odd(1, 256), &[1, 0], Err(KeyFault::EvenExponent)),
        ] {
            let key = sequence(&[element(2, &modulus), element(2, exponent)]);
            assert_eq!(rsa_bits(&key), expected, "{modulus:x?} {exponent:x?}");
            let followed = [&key[..], &[5, 0]].concat();
            assert_eq!(rsa_bits(&followed), Err(KeyFault::UnreadableRsa));
        }
    }

    #[test]
    fn a_curve_is_named_by_an_identifier_and_nothing_that_looks_like_one() {
        const CURVE: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
        for (parameters, expected) in [
            (element(6, CURVE), PublicKey::P256),
            (
                element(4, CURVE),
                PublicKey::Unusable(KeyFault::ExplicitCurve),
            ),
            (
                element(0x86, CURVE),
                PublicKey::Unusable(KeyFault::ExplicitCurve),
            ),
            (
                element(0x26, CURVE),
                PublicKey::Unusable(KeyFault::ExplicitCurve),
            ),
        ] {
            let algorithm = [element(6, b"\x2a\x86\x48\xce\x3d\x02\x01"), parameters];
            let info = sequence(&[sequence(&algorithm), element(3, &[0, 4])]);
            let (_, info) = SubjectPublicKeyInfo::from_der(&info).unwrap();
            assert_eq!(PublicKey::new(&info), expected, "{algorithm:x?}");
        }
    }
}
