//! The digests that derivations and integrity checks use.

use openssl::hash::MessageDigest;

/// One digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Digest {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// The digest that an identifier of a digest names.
    pub(super) fn of(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "1.2.840.113549.2.5" => Self::Md5,
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// The digest that an identifier of an HMAC names (RFC 8018, appendix B.1.2).
    pub(super) fn of_hmac(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "1.2.840.113549.2.7" => Self::Sha1,
            "1.2.840.113549.2.8" => Self::Sha224,
            "1.2.840.113549.2.9" => Self::Sha256,
            "1.2.840.113549.2.10" => Self::Sha384,
            "1.2.840.113549.2.11" => Self::Sha512,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// OpenSSL's.
    pub(super) fn openssl(self) -> MessageDigest {
        match self {
            Self::Md5 => MessageDigest::md5(),
            Self::Sha1 => MessageDigest::sha1(),
            Self::Sha224 => MessageDigest::sha224(),
            Self::Sha256 => MessageDigest::sha256(),
            Self::Sha384 => MessageDigest::sha384(),
            Self::Sha512 => MessageDigest::sha512(),
        }
    }

    /// Hash blocks for one iteration of PBKDF2, which is two compressions.
    pub(super) fn hmac_cost(self) -> u64 {
        match self {
            Self::Sha1 | Self::Sha224 | Self::Sha256 => 2,
            Self::Md5 => 4,
            Self::Sha384 | Self::Sha512 => 6,
        }
    }

    /// Hash blocks for one iteration of the derivation of RFC 7292, which is a call of its own.
    pub(super) fn call_cost(self) -> u64 {
        match self {
            Self::Md5 | Self::Sha1 | Self::Sha224 | Self::Sha256 => 4,
            Self::Sha384 | Self::Sha512 => 6,
        }
    }
}
