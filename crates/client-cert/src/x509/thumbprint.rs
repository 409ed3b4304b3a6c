//! The digest of a whole certificate, as Azure's portal and `openssl x509 -fingerprint` show it.

use std::fmt;
use std::str::FromStr;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::invisible::is_invisible;

/// The digest of the whole DER encoding of a certificate.
///
/// It is not a secret. SHA-1 is supported for one reason: the Azure portal and Windows show nothing else. Whoever makes two
/// certificates can give both one SHA-1 (a collision); nobody has shown a second certificate for a given one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Thumbprint {
    /// 20 bytes, the portal's notation.
    Sha1([u8; 20]),
    /// 32 bytes.
    Sha256([u8; 32]),
}

impl Thumbprint {
    /// The SHA-1 thumbprint of a DER encoding.
    pub fn sha1_of(der: &[u8]) -> Self {
        Self::Sha1(Sha1::digest(der).into())
    }

    /// The SHA-256 thumbprint of a DER encoding.
    pub fn sha256_of(der: &[u8]) -> Self {
        Self::Sha256(Sha256::digest(der).into())
    }

    /// The name of the digest algorithm, `sha1` or `sha256`.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Sha1(_) => "sha1",
            Self::Sha256(_) => "sha256",
        }
    }

    /// The digest in lower-case hexadecimal, without separators.
    pub fn hex(&self) -> String {
        use fmt::Write as _;
        let digest = self.digest();
        let mut text = String::with_capacity(2 * digest.len());
        for byte in digest {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    fn digest(&self) -> &[u8] {
        match self {
            Self::Sha1(digest) => digest,
            Self::Sha256(digest) => digest,
        }
    }
}

/// `sha256:` or `sha1:` and lower-case hexadecimal.
impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.hex())
    }
}

/// Reads 40 (SHA-1) or 64 (SHA-256) hexadecimal digits in any case.
///
/// Colons, blanks and the invisible characters that come along when a thumbprint is copied ([`is_invisible`]) are ignored; a
/// leading `sha1:` or `sha256:` must agree with the number of digits.
impl FromStr for Thumbprint {
    type Err = ThumbprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let visible: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !is_invisible(*c))
            .collect();
        let lower = visible.to_ascii_lowercase();
        let (declared, digits) = match lower.split_once(':') {
            Some((name @ ("sha1" | "sha256"), rest)) => (Some(name), rest),
            _ => (None, lower.as_str()),
        };
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        if let Some(found) = digits.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(ThumbprintError::NotHexadecimal { found });
        }
        let bytes: Vec<u8> = digits
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                pair.iter()
                    .fold(0, |sum, digit| sum * 16 + hex_value(*digit))
            })
            .collect();
        let thumbprint = match (digits.len(), bytes.len()) {
            (40, 20) => <[u8; 20]>::try_from(bytes).map(Self::Sha1),
            (64, 32) => <[u8; 32]>::try_from(bytes).map(Self::Sha256),
            _ => {
                return Err(ThumbprintError::Length {
                    found: digits.len(),
                });
            }
        }
        .map_err(|bytes| ThumbprintError::Length {
            found: 2 * bytes.len(),
        })?;
        match declared {
            Some(declared) if declared != thumbprint.algorithm() => {
                Err(ThumbprintError::Algorithm {
                    found: digits.len(),
                })
            }
            _ => Ok(thumbprint),
        }
    }
}

/// The value of one hexadecimal digit; other bytes were refused before.
fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => 0,
    }
}

/// Why a text is not a thumbprint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ThumbprintError {
    /// A character that is neither a hexadecimal digit nor one of those ignored.
    NotHexadecimal {
        /// The first such character.
        found: char,
    },
    /// Neither 40 nor 64 digits.
    Length {
        /// How many digits there were.
        found: usize,
    },
    /// The prefix names another algorithm than the number of digits.
    Algorithm {
        /// How many digits there were.
        found: usize,
    },
}

impl fmt::Display for ThumbprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXPECTED: &str = "expected 40 hexadecimal digits (SHA-1) or 64 (SHA-256)";
        match self {
            Self::NotHexadecimal { found } => {
                write!(f, "{EXPECTED}, found the character {found:?}")
            }
            Self::Length { found } => write!(f, "{EXPECTED}, found {found} digits"),
            Self::Algorithm { found } => {
                write!(
                    f,
                    "the prefix names another algorithm than its {found} digits"
                )
            }
        }
    }
}

impl std::error::Error for ThumbprintError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf '' | sha1sum`, `printf '' | sha256sum`.
    const SHA1_OF_NOTHING: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    const SHA256_OF_NOTHING: &str =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digests_are_the_ones_that_coreutils_prints() {
        assert_eq!(Thumbprint::sha1_of(b"").hex(), SHA1_OF_NOTHING);
        assert_eq!(Thumbprint::sha256_of(b"").hex(), SHA256_OF_NOTHING);
    }

    #[test]
    fn every_notation_that_people_paste_is_read() {
        let colons = "DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09";
        let dialog = "\u{200E}da 39 a3 ee 5e 6b 4b 0d 32 55 bf ef 95 60 18 90 af d8 07 09";
        let upper = SHA1_OF_NOTHING.to_uppercase();
        let prefixed = format!("sha1:{SHA1_OF_NOTHING}");
        for text in [SHA1_OF_NOTHING, colons, dialog, &upper, &prefixed] {
            assert_eq!(text.parse(), Ok(Thumbprint::sha1_of(b"")), "{text}");
        }
        let sha256 = Thumbprint::sha256_of(b"");
        assert_eq!(sha256.to_string().parse(), Ok(sha256));
    }

    #[test]
    fn an_error_says_what_was_found() {
        let cases = [
            ("", ThumbprintError::Length { found: 0 }),
            ("da39", ThumbprintError::Length { found: 4 }),
            (&SHA1_OF_NOTHING[1..], ThumbprintError::Length { found: 39 }),
            ("xyz", ThumbprintError::NotHexadecimal { found: 'x' }),
            (
                "da39\u{FF10}",
                ThumbprintError::NotHexadecimal { found: '\u{FF10}' },
            ),
            (
                &format!("sha256:{SHA1_OF_NOTHING}"),
                ThumbprintError::Algorithm { found: 40 },
            ),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Thumbprint>(), Err(error), "{text}");
        }
    }
}
