//! Object identifiers, and the registered names of some.

use std::fmt;
use std::str::FromStr;

use x509_parser::asn1_rs;
use x509_parser::objects::{oid_registry, oid2sn};

use crate::syntax_error::SyntaxError;

/// An object identifier.
///
/// `Display` and `FromStr` use dotted notation, such as `1.3.6.1.4.1.311.20.2.3`: arcs without leading zeros, each at most
/// 2^128 - 1, which holds the identifiers that are made of a UUID (X.667).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Oid(
    /// The content of the DER encoding.
    Box<[u8]>,
);

impl Oid {
    /// Reads the content of a DER encoding; `None` if it is not minimal, not whole, or has an arc above 2^128 - 1.
    pub(crate) fn from_content(content: &[u8]) -> Option<Self> {
        arcs(content).map(|_| Self(content.into()))
    }

    /// The content of the DER encoding.
    pub(crate) fn content(&self) -> &[u8] {
        &self.0
    }
}

/// The arcs of an identifier, the first two as they are encoded: in one number.
fn arcs(content: &[u8]) -> Option<Vec<u128>> {
    let mut arcs = Vec::new();
    let mut arc: u128 = 0;
    let mut begun = false;
    for byte in content {
        if !begun && *byte == 0x80 {
            return None;
        }
        arc = arc.checked_mul(128)?.checked_add(u128::from(byte & 0x7f))?;
        begun = byte & 0x80 != 0;
        if !begun {
            arcs.push(std::mem::take(&mut arc));
        }
    }
    (!begun && !arcs.is_empty()).then_some(arcs)
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arcs = arcs(&self.0).unwrap_or_default();
        for (index, arc) in arcs.into_iter().enumerate() {
            match index {
                0 => write!(f, "{}.{}", arc.min(80) / 40, arc - arc.min(80) / 40 * 40)?,
                _ => write!(f, ".{arc}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Oid {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut offset: usize = 0;
        let mut arcs = Vec::new();
        for part in text.split('.') {
            let arc = parse_arc(part).ok_or_else(|| {
                let fault = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
                SyntaxError::at(ARC, text, offset.saturating_add(fault))
            })?;
            arcs.push(arc);
            offset = offset.saturating_add(part.len()).saturating_add(1);
        }
        let first = match arcs.as_slice() {
            [root @ (0 | 1), second, ..] if *second < 40 => root * 40 + second,
            [2, second, ..] => second.checked_add(80).ok_or_else(not_an_identifier)?,
            _ => return Err(not_an_identifier()),
        };
        let mut content = Vec::new();
        for arc in std::iter::once(first).chain(arcs.into_iter().skip(2)) {
            encode(arc, &mut content);
        }
        Ok(Self(content.into()))
    }
}

const ARC: &str = "an object identifier in dotted notation, such as 1.3.6.1.4.1.311.20.2.3: numbers without leading \
                   zeros, with one dot between two";

fn not_an_identifier() -> SyntaxError {
    SyntaxError::new(
        "an object identifier of at least two numbers, the first 0, 1 or 2, the second below 40 after 0 and 1",
        "other numbers",
    )
}

fn parse_arc(text: &str) -> Option<u128> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let minimal = text == "0" || !text.starts_with('0');
    (digits && minimal).then(|| text.parse().ok())?
}

/// Base 128, the most significant digit first, all but the last with the high bit.
fn encode(arc: u128, content: &mut Vec<u8>) {
    let digits = (128 - arc.leading_zeros()).div_ceil(7).max(1);
    for place in (0..digits).rev() {
        let digit = u8::try_from((arc >> (7 * place)) & 0x7f).unwrap_or(0);
        content.push(if place > 0 { digit | 0x80 } else { digit });
    }
}

/// The registered short name of an identifier, or dotted notation.
pub(super) fn oid_name(oid: &asn1_rs::Oid<'_>) -> String {
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_notation_and_the_encoding_are_read_alike() {
        for (text, content) in [
            ("2.5.4.3", &[0x55, 4, 3][..]),
            ("0.0", &[0]),
            ("0.39", &[39]),
            ("1.0", &[40]),
            ("1.39", &[79]),
            ("2.0", &[80]),
            ("2.999.1", &[0x88, 0x37, 1]),
            ("1.2.840.113549", &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]),
        ] {
            let oid: Oid = text.parse().unwrap();
            assert_eq!(oid.content(), content, "{text}");
            assert_eq!(Oid::from_content(content), Some(oid.clone()), "{text}");
            assert_eq!(oid.to_string(), text);
        }
        let uuid = format!("2.25.{}", u128::MAX);
        assert_eq!(uuid.parse::<Oid>().unwrap().to_string(), uuid);
    }

    #[test]
    fn what_is_no_identifier_is_refused_with_the_place() {
        for (text, position) in [
            ("", Some(1)),
            ("1..2", Some(3)),
            ("1.2.", Some(5)),
            ("1.2.x", Some(5)),
            ("1.2 .3", Some(4)),
            ("1.02", Some(3)),
            ("1.2.\u{663}", Some(5)),
            ("1", None),
            ("3.1", None),
            ("1.40", None),
        ] {
            let error = text.parse::<Oid>().unwrap_err();
            assert_eq!(error.position(), position, "{text}: {error}");
        }
        for content in [
            &[][..],
            &[0x80, 1],
            &[0x55, 0x80, 1],
            &[0x55, 0x84],
            &[0xff; 20],
        ] {
            assert_eq!(Oid::from_content(content), None, "{content:?}");
        }
    }
}
