//! A signature as it is found in a certificate or a revocation list: over what, by which algorithm.

use std::fmt;
use std::ops::Range;

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::certificate::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

use super::der::{elements, is_primitive, sequence};
use super::oid::oid_name;

/// Bytes with a signature, neither of which is verified yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) algorithm: &'a SignatureAlgorithm,
    pub(crate) message: &'a [u8],
    pub(crate) signature: &'a [u8],
}

/// The signature of a certificate, as it was found.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    algorithm: SignatureAlgorithm,
    /// Whether the signed part names another algorithm, or the same one in another encoding.
    pub(super) algorithms_differ: bool,
    message: Range<usize>,
    value: Box<[u8]>,
}

impl Signature {
    pub(super) fn new(parsed: &X509Certificate<'_>, der: &[u8]) -> Self {
        let value = &parsed.signature_value;
        // A signature is a whole number of octets; one that is not verifies under no key.
        let octets: &[u8] = match value.unused_bits {
            0 => &value.data,
            _ => &[],
        };
        Self {
            algorithm: SignatureAlgorithm::new(&parsed.signature_algorithm),
            algorithms_differ: !algorithms_agree(der).unwrap_or_default(),
            message: range(der, parsed.tbs_certificate.as_ref()),
            value: octets.into(),
        }
    }

    /// With what it is over: a part of the encoding from which it was read.
    pub(super) fn of<'a>(&'a self, der: &'a [u8]) -> Signed<'a> {
        Signed {
            algorithm: &self.algorithm,
            message: der.get(self.message.clone()).unwrap_or_default(),
            signature: &self.value,
        }
    }
}

/// Whether both identifiers of the algorithm are encoded alike; `None` if they are not found where they must be. The parser
/// ignores what it does not need of the outer one, which no signature covers.
fn algorithms_agree(der: &[u8]) -> Option<bool> {
    let parts = sequence(der)?;
    let [signed, outer, value] = parts.as_slice() else {
        return None;
    };
    let fields = elements(signed.content())?;
    // Before the algorithm come the version, which is absent in version 1, and the serial number.
    let inner = fields.iter().find(|field| field.is(Tag::Sequence))?;
    Some(inner.raw == outer.raw && value.is(Tag::BitString))
}

/// Where a part, which the parser borrowed from the whole, lies in it.
pub(super) fn range(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    start..start.saturating_add(part.len())
}

/// How a signature was made, if it is by an algorithm that can be verified here (RFC 3279, 4055, 5758 and 8410).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS with MGF1 over the same hash, and a salt as long as the hash.
    RsaPss(Hash),
    Ecdsa(Hash),
    Ed25519,
    /// Any other: weak ones (MD5, SHA-1), DSA, Ed448, RSASSA-PSS with other parameters.
    Unsupported {
        /// The registered name, or dotted notation.
        found: String,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl SignatureAlgorithm {
    pub(crate) fn new(identifier: &AlgorithmIdentifier<'_>) -> Self {
        let parameters = identifier.parameters.as_ref();
        let null = parameters.is_none_or(is_null);
        let found = match (identifier.algorithm.to_id_string().as_str(), parameters) {
            ("1.2.840.113549.1.1.11", _) if null => Some(Self::RsaPkcs1(Hash::Sha256)),
            ("1.2.840.113549.1.1.12", _) if null => Some(Self::RsaPkcs1(Hash::Sha384)),
            ("1.2.840.113549.1.1.13", _) if null => Some(Self::RsaPkcs1(Hash::Sha512)),
            ("1.2.840.113549.1.1.10", Some(parameters)) => pss(parameters).map(Self::RsaPss),
            ("1.2.840.10045.4.3.2", None) => Some(Self::Ecdsa(Hash::Sha256)),
            ("1.2.840.10045.4.3.3", None) => Some(Self::Ecdsa(Hash::Sha384)),
            ("1.2.840.10045.4.3.4", None) => Some(Self::Ecdsa(Hash::Sha512)),
            ("1.3.101.112", None) => Some(Self::Ed25519),
            _ => None,
        };
        found.unwrap_or_else(|| Self::Unsupported {
            found: oid_name(&identifier.algorithm),
        })
    }
}

fn is_null(parameters: &Any<'_>) -> bool {
    is_primitive(parameters, Tag::Null) && parameters.data.is_empty()
}

/// The hash of RSASSA-PSS, if the other parameters follow from it (RFC 4055, section 3.1).
fn pss(parameters: &Any<'_>) -> Option<Hash> {
    let parameters = RsaSsaPssParams::try_from(parameters).ok()?;
    let hash = Hash::new(&parameters.hash_algorithm()?.algorithm.to_id_string())?;
    let mask = parameters.mask_gen_algorithm().ok()?;
    let same = mask.mgf.to_id_string() == "1.2.840.113549.1.1.8"
        && Hash::new(&mask.hash.to_id_string()) == Some(hash)
        && parameters.salt_length() == hash.bytes()
        && parameters.trailer_field() == 1;
    same.then_some(hash)
}

impl Hash {
    fn new(oid: &str) -> Option<Self> {
        match oid {
            "2.16.840.1.101.3.4.2.1" => Some(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" => Some(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn bytes(self) -> u32 {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(hash) => write!(f, "RSASSA-PKCS1-v1_5 with {hash}"),
            Self::RsaPss(hash) => write!(f, "RSASSA-PSS with {hash}"),
            Self::Ecdsa(hash) => write!(f, "ECDSA with {hash}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Unsupported { found } => f.write_str(found),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

#[cfg(test)]
mod tests;
