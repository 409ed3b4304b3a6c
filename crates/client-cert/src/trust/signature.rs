//! Keys of authorities, and the signatures that they verify: on certificates, and on revocation lists.
//!
//! `ring` verifies all but P-521, for which `p521` computes. Ed448 and DSA are not supported, nor SHA-1 and MD5.

use std::fmt;

use p521::ecdsa::signature::hazmat::PrehashVerifier as _;
use ring::signature as ring;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::x509::{Certificate, Hash, PublicKey, SignatureAlgorithm, Signed};

/// The sizes of RSA keys that can verify: from what NIST SP 800-131A allows to what `ring` computes with.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What verifying one certificate may cost, in the unit of [`VerifyingKey::cost`]: about 4 ms.
///
/// Whoever makes a certificate chooses its issuer's name and need not say which key signed it, and can so have all keys of
/// that name tried.
pub(super) const SIGNATURE_BUDGET: u32 = 4000;

/// A key that can verify signatures.
#[derive(Clone, Debug)]
pub(crate) enum VerifyingKey {
    /// The DER encoding of an RSAPublicKey.
    Rsa(Box<[u8]>),
    /// The same, under the identifier of RSASSA-PSS: it verifies no other RSA signature (RFC 4055, section 1.2).
    RsaPss(Box<[u8]>),
    /// An uncompressed point.
    P256(Box<[u8]>),
    /// An uncompressed point.
    P384(Box<[u8]>),
    P521(Box<p521::ecdsa::VerifyingKey>),
    Ed25519(Box<[u8]>),
}

impl VerifyingKey {
    /// The key that a certificate certifies; or, as the error, what it has instead of a key that can verify.
    pub(crate) fn of(certificate: &Certificate) -> Result<Self, String> {
        let found = certificate.public_key();
        Self::read(found, certificate.subject_public_key_info()).ok_or_else(|| found.to_string())
    }

    fn read(kind: &PublicKey, info: &[u8]) -> Option<Self> {
        let (_, info) = SubjectPublicKeyInfo::from_der(info).ok()?;
        let key = &info.subject_public_key;
        let bytes: Box<[u8]> = (key.unused_bits == 0).then(|| key.data.as_ref().into())?;
        match kind {
            PublicKey::Rsa { bits } if !RSA_BITS.contains(bits) => None,
            PublicKey::Rsa { .. } => match info.algorithm.algorithm.to_id_string().as_str() {
                "1.2.840.113549.1.1.10" => Some(Self::RsaPss(bytes)),
                _ => Some(Self::Rsa(bytes)),
            },
            PublicKey::P256 => Some(Self::P256(bytes)),
            PublicKey::P384 => Some(Self::P384(bytes)),
            PublicKey::P521 => {
                let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&bytes).ok()?;
                Some(Self::P521(Box::new(key)))
            }
            PublicKey::Ed25519 => Some(Self::Ed25519(bytes)),
            PublicKey::Ed448 | PublicKey::Other { .. } | PublicKey::Unusable(_) => None,
        }
    }

    /// What verifying one signature costs, in units of about a microsecond: measured, and rounded up.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            // Quadratic in the length of the modulus, which is nearly all of the encoding.
            Self::Rsa(key) | Self::RsaPss(key) => {
                let kibibits = u32::try_from(key.len() / 128).unwrap_or(u32::MAX);
                kibibits.saturating_mul(kibibits).saturating_mul(8)
            }
            Self::P256(_) | Self::Ed25519(_) => 60,
            Self::P384(_) => 800,
            Self::P521(_) => 1000,
        }
    }

    /// Verifies that this key made a signature.
    pub(crate) fn verify(&self, signed: Signed<'_>) -> Result<(), SignatureError> {
        let (algorithm, key) = match (self, signed.algorithm) {
            (_, SignatureAlgorithm::Unsupported { .. }) => return Err(SignatureError::Algorithm),
            (Self::P521(key), SignatureAlgorithm::Ecdsa(hash)) => {
                return verify_p521(key, *hash, signed);
            }
            (Self::Rsa(key), SignatureAlgorithm::RsaPkcs1(hash)) => (rsa_pkcs1(*hash), key),
            (Self::Rsa(key) | Self::RsaPss(key), SignatureAlgorithm::RsaPss(hash)) => {
                (rsa_pss(*hash), key)
            }
            (Self::P256(key), SignatureAlgorithm::Ecdsa(hash)) => (ecdsa_p256(*hash)?, key),
            (Self::P384(key), SignatureAlgorithm::Ecdsa(hash)) => (ecdsa_p384(*hash)?, key),
            (Self::Ed25519(key), SignatureAlgorithm::Ed25519) => {
                let algorithm: &dyn ring::VerificationAlgorithm = &ring::ED25519;
                (algorithm, key)
            }
            _ => return Err(SignatureError::OtherKey),
        };
        ring::UnparsedPublicKey::new(algorithm, key)
            .verify(signed.message, signed.signature)
            .map_err(|_| SignatureError::OtherKey)
    }
}

fn rsa_pkcs1(hash: Hash) -> &'static dyn ring::VerificationAlgorithm {
    match hash {
        Hash::Sha256 => &ring::RSA_PKCS1_2048_8192_SHA256,
        Hash::Sha384 => &ring::RSA_PKCS1_2048_8192_SHA384,
        Hash::Sha512 => &ring::RSA_PKCS1_2048_8192_SHA512,
    }
}

fn rsa_pss(hash: Hash) -> &'static dyn ring::VerificationAlgorithm {
    match hash {
        Hash::Sha256 => &ring::RSA_PSS_2048_8192_SHA256,
        Hash::Sha384 => &ring::RSA_PSS_2048_8192_SHA384,
        Hash::Sha512 => &ring::RSA_PSS_2048_8192_SHA512,
    }
}

fn ecdsa_p256(hash: Hash) -> Result<&'static dyn ring::VerificationAlgorithm, SignatureError> {
    match hash {
        Hash::Sha256 => Ok(&ring::ECDSA_P256_SHA256_ASN1),
        Hash::Sha384 => Ok(&ring::ECDSA_P256_SHA384_ASN1),
        Hash::Sha512 => Err(SignatureError::Algorithm),
    }
}

fn ecdsa_p384(hash: Hash) -> Result<&'static dyn ring::VerificationAlgorithm, SignatureError> {
    match hash {
        Hash::Sha256 => Ok(&ring::ECDSA_P384_SHA256_ASN1),
        Hash::Sha384 => Ok(&ring::ECDSA_P384_SHA384_ASN1),
        Hash::Sha512 => Err(SignatureError::Algorithm),
    }
}

fn verify_p521(
    key: &p521::ecdsa::VerifyingKey,
    hash: Hash,
    signed: Signed<'_>,
) -> Result<(), SignatureError> {
    let signature =
        p521::ecdsa::Signature::from_der(signed.signature).map_err(|_| SignatureError::OtherKey)?;
    key.verify_prehash(&digest(hash, signed.message), &signature)
        .map_err(|_| SignatureError::OtherKey)
}

/// A digest as the number that it is, in 64 octets: `p521` takes no prefix of less than half a field element.
fn digest(hash: Hash, message: &[u8]) -> Vec<u8> {
    let digest = match hash {
        Hash::Sha256 => Sha256::digest(message).to_vec(),
        Hash::Sha384 => Sha384::digest(message).to_vec(),
        Hash::Sha512 => Sha512::digest(message).to_vec(),
    };
    let zeros = vec![0; 64_usize.saturating_sub(digest.len())];
    [zeros, digest].concat()
}

/// Why a key does not verify a signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SignatureError {
    /// Nothing here verifies signatures of this algorithm, or of this algorithm under this key.
    Algorithm,
    /// Another key made it, or what is signed was changed.
    OtherKey,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Algorithm => "a signature algorithm that is not supported",
            Self::OtherKey => "a signature that does not verify",
        })
    }
}

#[cfg(test)]
mod tests;
