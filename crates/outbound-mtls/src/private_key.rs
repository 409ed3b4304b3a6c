//! Private keys, judged before OpenSSL decodes them.
//!
//! OpenSSL computes a public key while it decodes some kinds of private key, at a cost that the file chooses: an
//! exponentiation with a modulus of any size for DSA and DH. So the kind and the size are looked at first.

use std::fmt;

use openssl::pkey::{PKey, Private};

use crate::load_error::LoadErrorKind;
use crate::pkcs12::ber::{INTEGER, OBJECT_IDENTIFIER, SEQUENCE, Values};

/// The most bytes of one key. RSA with 16,384 bits, the most that OpenSSL uses, takes 9 kB.
const MAX_KEY_BYTES: usize = 16 * 1024;

/// The most characters of one key as PEM.
pub(crate) const MAX_PEM_BYTES: usize = 2 * MAX_KEY_BYTES;

/// The kinds of key that TLS signs with (RFC 8446, section 4.2.3). Curves are looked at when an identity is chosen.
const KINDS: [&str; 5] = [
    "1.2.840.113549.1.1.1",
    "1.2.840.113549.1.1.10",
    "1.2.840.10045.2.1",
    "1.3.101.112",
    "1.3.101.113",
];

/// What a key must be, in refusals.
const EXPECTED: &str = "RSA, P-256, P-384, P-521, Ed25519 or Ed448";

/// Why a private key is not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyError {
    /// Not a `PrivateKeyInfo`, or not one that OpenSSL decodes.
    Damaged,
    /// A kind that TLS has no signature for.
    Kind,
    /// More bytes than a key has.
    TooLarge,
}

/// Decodes a `PrivateKeyInfo` (RFC 5958).
pub(crate) fn from_pkcs8(der: &[u8]) -> Result<PKey<Private>, KeyError> {
    let kind = kind_of(der).ok_or(KeyError::Damaged)?;
    if !KINDS.contains(&kind.as_str()) {
        return Err(KeyError::Kind);
    }
    if der.len() > MAX_KEY_BYTES {
        return Err(KeyError::TooLarge);
    }
    PKey::private_key_from_pkcs8(der).map_err(|_| KeyError::Damaged)
}

fn kind_of(der: &[u8]) -> Option<String> {
    let mut fields = Values::new(der).expect(SEQUENCE).ok()?.values();
    fields.expect(INTEGER).ok()?;
    let algorithm = fields.expect(SEQUENCE).ok()?;
    let kind = algorithm.values().expect(OBJECT_IDENTIFIER).ok()?;
    kind.dotted().ok()
}

impl KeyError {
    pub(crate) fn kind(self) -> LoadErrorKind {
        match self {
            Self::Damaged => LoadErrorKind::Damaged,
            Self::Kind => LoadErrorKind::Unsupported,
            Self::TooLarge => LoadErrorKind::TooCostly,
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => write!(
                f,
                "its private key cannot be read, expected {EXPECTED}; export it again"
            ),
            Self::Kind => write!(
                f,
                "its key is of a kind that TLS does not sign with, and the call would go out without a certificate; \
                 expected {EXPECTED}"
            ),
            Self::TooLarge => write!(
                f,
                "its private key is larger than {MAX_KEY_BYTES} bytes, the most that is read"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A DSA key whose modulus has a million bits: OpenSSL would be busy for hours.
    #[test]
    fn a_key_is_refused_for_its_kind_and_size_before_it_is_decoded() {
        let tail = vec![0x5A; 200_000];
        let of_kind = |oid: &[u8]| {
            let algorithm = [&[0x06, u8::try_from(oid.len()).unwrap()], oid].concat();
            let algorithm = [
                &[0x30, u8::try_from(algorithm.len()).unwrap()],
                &algorithm[..],
            ]
            .concat();
            let contents = [&[0x02, 1, 0][..], &algorithm, &tail].concat();
            let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
            [&[0x30, 0x84], &length[..], &contents].concat()
        };
        let dsa = of_kind(&[0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01]);
        let rsa = of_kind(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]);
        for (der, expected) in [
            (&dsa[..], KeyError::Kind),
            (&rsa, KeyError::TooLarge),
            (b"hello", KeyError::Damaged),
            (b"", KeyError::Damaged),
        ] {
            assert_eq!(from_pkcs8(der).unwrap_err(), expected);
        }
    }
}
