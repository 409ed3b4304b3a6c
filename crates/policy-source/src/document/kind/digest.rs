//! Digests, serial numbers and other bytes, in hexadecimal.

use client_cert::{PublicKeyHash, SerialNumber, Thumbprint};

use crate::document::text::{Mistake, TextKind};

/// The digits of a text that has nothing but hexadecimal digits, colons and spaces, as tools print them.
fn digits(text: &str) -> Result<String, Mistake> {
    let is_separator = |c: char| matches!(c, ':' | ' ');
    match text
        .chars()
        .find(|c| !c.is_ascii_hexdigit() && !is_separator(*c))
    {
        Some(other) => Err(Mistake::Found(format!(
            "the character {:?}",
            other.escape_default().to_string()
        ))),
        None => Ok(text
            .chars()
            .filter(|c| !is_separator(*c))
            .collect::<String>()
            .to_ascii_lowercase()),
    }
}

/// Exactly `count` digits.
fn exactly(text: &str, count: usize) -> Result<String, Mistake> {
    let digits = digits(text)?;
    match digits.len() == count {
        true => Ok(digits),
        false => Err(Mistake::Found(format!("{} digits", digits.len()))),
    }
}

fn octets(digits: &str) -> Vec<u8> {
    let values = digits
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok());
    let values: Vec<u8> = values.collect();
    values
        .as_chunks::<2>()
        .0
        .iter()
        .map(|[high, low]| high << 4 | low)
        .collect()
}

fn thumbprint(text: &str, count: usize) -> Result<Thumbprint, Mistake> {
    exactly(text, count)?.parse().map_err(|_| Mistake::Text)
}

/// The SHA-256 thumbprint of a certificate.
pub enum Sha256 {}

impl TextKind for Sha256 {
    type Value = Thumbprint;
    const EXPECTED: &'static str =
        "the SHA-256 thumbprint of a certificate (64 hexadecimal digits)";
    const PATTERN: &'static str = "^[: ]*([0-9A-Fa-f][: ]*){64}$";
    const EXAMPLES: &'static [&'static str] =
        &["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        thumbprint(text, 64)
    }
}

/// The SHA-1 thumbprint of a certificate.
pub enum Sha1 {}

impl TextKind for Sha1 {
    type Value = Thumbprint;
    const EXPECTED: &'static str = "the SHA-1 thumbprint of a certificate (40 hexadecimal digits)";
    const PATTERN: &'static str = "^[: ]*([0-9A-Fa-f][: ]*){40}$";
    const EXAMPLES: &'static [&'static str] = &["da39a3ee5e6b4b0d3255bfef95601890afd80709"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        thumbprint(text, 40)
    }
}

/// The SHA-256 of a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7).
pub enum Spki {}

impl TextKind for Spki {
    type Value = PublicKeyHash;
    const EXPECTED: &'static str = "the SHA-256 of a certificate's public key (64 hexadecimal digits, or 44 characters of base64)";
    const PATTERN: &'static str =
        "^([: ]*([0-9A-Fa-f][: ]*){64}|[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$";
    const EXAMPLES: &'static [&'static str] = &[
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        match text.strip_suffix('=') {
            Some(_) => text.parse().map_err(|_| Mistake::Text),
            None => exactly(text, 64)?.parse().map_err(|_| Mistake::Text),
        }
    }
}

/// A serial number (RFC 5280, section 4.1.2.2).
pub enum Serial {}

impl TextKind for Serial {
    type Value = SerialNumber;
    const EXPECTED: &'static str = "a serial number of 1 to 128 hexadecimal digits";
    const PATTERN: &'static str = "^[: ]*([0-9A-Fa-f][: ]*){1,128}$";
    const EXAMPLES: &'static [&'static str] = &["04:8F:2C"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        let digits = digits(text)?;
        let found = || Mistake::Found(format!("{} digits", digits.len()));
        digits.parse().map_err(|_| found())
    }
}

/// The most octets of an extension's value that a rule compares.
const MAX_DER_OCTETS: usize = 1_024;

/// The DER encoding of a value, in hexadecimal.
pub enum DerHex {}

impl TextKind for DerHex {
    type Value = Vec<u8>;
    const EXPECTED: &'static str = "1 to 1024 octets in hexadecimal, two digits each";
    const PATTERN: &'static str = "^[: ]*([0-9A-Fa-f][: ]*[0-9A-Fa-f][: ]*){1,1024}$";
    const EXAMPLES: &'static [&'static str] = &["04:02:05:00"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        let digits = digits(text)?;
        match digits.len() {
            0 => Err(Mistake::Found("none".to_owned())),
            odd if odd % 2 == 1 => Err(Mistake::Found(format!("{odd} digits"))),
            count if count > 2 * MAX_DER_OCTETS => Err(Mistake::Found(format!("{count} digits"))),
            _ => Ok(octets(&digits)),
        }
    }
}
