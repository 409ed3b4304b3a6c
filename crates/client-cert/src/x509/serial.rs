//! Serial numbers (RFC 5280, section 4.1.2.2), as people write them.

use std::fmt;
use std::str::FromStr;

/// The most digits that are taken: 20 octets are the most that an authority may use (RFC 5280, section 4.1.2.2); what some
/// have used beyond is allowed for.
const MAX_HEX_DIGITS: usize = 128;

/// A serial number in lower-case hexadecimal without leading zeros. `Display` writes it so.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SerialNumber(String);

impl SerialNumber {
    /// From the content octets of a DER INTEGER.
    pub(crate) fn from_content(octets: &[u8]) -> Self {
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        Self::without_leading_zeros(&hex)
    }

    fn without_leading_zeros(hex: &str) -> Self {
        let digits = hex.trim_start_matches('0');
        Self(if digits.is_empty() { "0" } else { digits }.to_owned())
    }
}

/// Reads hexadecimal digits in either case, with colons or spaces between them, as tools print them.
///
/// ```
/// use client_cert::SerialNumber;
///
/// let written: SerialNumber = "00:AB:0c".parse().unwrap();
/// assert_eq!(written.to_string(), "ab0c");
/// assert!("12 345 678 901 (decimal)".parse::<SerialNumber>().is_err());
/// ```
impl FromStr for SerialNumber {
    type Err = SerialNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.chars().filter(|c| !matches!(c, ':' | ' '));
        let digits: String = digits.map(|c| c.to_ascii_lowercase()).collect();
        let all_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        match (1..=MAX_HEX_DIGITS).contains(&digits.len()) && all_hex {
            true => Ok(Self::without_leading_zeros(&digits)),
            false => Err(SerialNumberError),
        }
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no serial number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SerialNumberError;

impl fmt::Display for SerialNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected a serial number of 1 to {MAX_HEX_DIGITS} hexadecimal digits, as `openssl x509 -serial` prints it"
        )
    }
}

impl std::error::Error for SerialNumberError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_form() {
        for (text, expected) in [
            ("ab0c", Some("ab0c")),
            ("00AB0C", Some("ab0c")),
            ("AB:0C", Some("ab0c")),
            ("ab 0c", Some("ab0c")),
            ("0", Some("0")),
            ("000", Some("0")),
            ("", None),
            (":", None),
            ("0x12", None),
            ("-12", None),
            ("\u{664}", None),
        ] {
            let found = text.parse::<SerialNumber>().ok();
            assert_eq!(
                found.map(|found| found.to_string()).as_deref(),
                expected,
                "{text:?}"
            );
        }
        let longest = "1".repeat(MAX_HEX_DIGITS);
        assert!(longest.parse::<SerialNumber>().is_ok());
        assert!((longest + "1").parse::<SerialNumber>().is_err());
        assert_eq!(
            SerialNumber::from_content(&[0, 0xab, 0x0c]).to_string(),
            "ab0c"
        );
        assert_eq!(SerialNumber::from_content(&[0]).to_string(), "0");
    }
}
