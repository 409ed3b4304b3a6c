//! The digest of a certificate's public key, which outlives a renewal with the same key.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// SHA-256 of the DER encoding of a `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7), as HTTP Public Key Pinning
/// (RFC 7469, section 2.4) used it. `Display` writes lower-case hexadecimal.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PublicKeyHash([u8; 32]);

impl PublicKeyHash {
    /// The digest of a `SubjectPublicKeyInfo`.
    pub fn of(subject_public_key_info: &[u8]) -> Self {
        Self(Sha256::digest(subject_public_key_info).into())
    }
}

/// Reads 64 hexadecimal digits in either case, with or without colons, or standard base64 of the 32 bytes.
impl FromStr for PublicKeyHash {
    type Err = PublicKeyHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
        let bytes = match digits.len() {
            64 => hex(&digits),
            _ => STANDARD.decode(text).ok(),
        };
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(Self).ok_or(PublicKeyHashError)
    }
}

fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let (pairs, _) = digits.as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(value(*high)? * 16 + value(*low)?).ok();
    pairs.iter().map(byte).collect()
}

impl fmt::Display for PublicKeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no digest of a public key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublicKeyHashError;

impl fmt::Display for PublicKeyHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected SHA-256 of a SubjectPublicKeyInfo: 64 hexadecimal digits, or 44 characters of base64")
    }
}

impl std::error::Error for PublicKeyHashError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_in_both_notations() {
        let digest = PublicKeyHash::of(b"key");
        let hex = digest.to_string();
        let with_colons: Vec<String> = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
            .collect();
        for text in [
            hex.clone(),
            hex.to_uppercase(),
            with_colons.join(":"),
            STANDARD.encode(digest.0),
        ] {
            assert_eq!(text.parse(), Ok(digest), "{text}");
        }
        for text in [
            "",
            "00",
            &hex[1..],
            &format!("{hex}0"),
            &hex.replace('a', "g")
                .replace(|c: char| c.is_ascii_digit(), "x"),
            "AAAA",
            "sha256/AAAA",
        ] {
            assert_eq!(
                text.parse::<PublicKeyHash>(),
                Err(PublicKeyHashError),
                "{text}"
            );
        }
    }
}
