//! One attribute of a distinguished name: its type, its text, and how it is shown.

use std::fmt;

use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::AttributeTypeAndValue;

use crate::invisible::is_invisible;

/// `id-at-commonName` (RFC 5280, appendix A.1).
pub(super) const COMMON_NAME: &str = "2.5.4.3";

/// `id-emailAddress` (RFC 5280, appendix A.1).
pub(super) const MAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// Short names of attribute types: RFC 4514, section 3, and the two that Windows and OpenSSL add.
const SHORT_NAMES: [(&str, &str); 11] = [
    (COMMON_NAME, "CN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    (MAIL_ADDRESS, "emailAddress"),
];

/// An attribute type and value.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub(super) oid: String,
    /// The value, if it is a string.
    text: Option<String>,
    raw: Box<[u8]>,
}

impl Attribute {
    pub(super) fn new(attribute: &AttributeTypeAndValue<'_>) -> Self {
        Self {
            oid: attribute.attr_type().to_id_string(),
            text: decode(attribute.attr_value()),
            raw: attribute.as_slice().into(),
        }
    }

    /// The value, if it is text that can be a name: control characters, NUL among them, are never part of one.
    pub(super) fn name_text(&self) -> Option<&str> {
        let text = self.text.as_deref();
        text.filter(|text| !text.chars().any(char::is_control))
    }
}

/// Writes RFC 4514: `CN=partner`, or `CN=#…` for a value that is not a string.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = SHORT_NAMES.iter().find(|(oid, _)| *oid == self.oid);
        f.write_str(short.map_or(self.oid.as_str(), |(_, name)| name))?;
        f.write_str("=")?;
        match &self.text {
            Some(text) => escape(text, f),
            None => {
                f.write_str("#")?;
                self.raw.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// The text of a single DER string, whatever its type.
pub(crate) fn text_of(der: &[u8]) -> Option<String> {
    let (rest, value) = Any::from_der(der).ok()?;
    rest.is_empty().then(|| decode(&value))?
}

/// The text of an attribute value, by its string type (RFC 5280, section 4.1.2.4; X.690, section 8.23).
fn decode(value: &Any<'_>) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => String::from_utf8(value.data.to_vec()).ok(),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString => str::from_utf8(value.data)
            .ok()
            .filter(|text| text.is_ascii())
            .map(ToOwned::to_owned),
        Tag::T61String => decode_teletex(value.data),
        Tag::BmpString => decode_bmp(value.data),
        Tag::UniversalString => decode_universal(value.data),
        _ => None,
    }
}

/// TeletexString (T61String): ISO 8859-1, if all of it is visible.
///
/// T.61 proper switches between character sets by escape sequences. What authorities issue, and what OpenSSL and browsers
/// read, is Latin-1; bytes that could be anything else make it no text, and the name then matches no rule.
fn decode_teletex(data: &[u8]) -> Option<String> {
    let text: String = data.iter().copied().map(char::from).collect();
    (!text.chars().any(is_invisible)).then_some(text)
}

/// BMPString: UCS-2, big endian, without surrogates.
fn decode_bmp(data: &[u8]) -> Option<String> {
    let (pairs, rest) = data.as_chunks::<2>();
    let text = pairs
        .iter()
        .map(|pair| char::from_u32(u32::from(u16::from_be_bytes(*pair))))
        .collect();
    if rest.is_empty() { text } else { None }
}

/// UniversalString: UCS-4, big endian.
fn decode_universal(data: &[u8]) -> Option<String> {
    let (quads, rest) = data.as_chunks::<4>();
    let text = quads
        .iter()
        .map(|quad| char::from_u32(u32::from_be_bytes(*quad)))
        .collect();
    if rest.is_empty() { text } else { None }
}

/// Writes RFC 4514, section 2.4, and escapes what a terminal or a log viewer could act upon as well.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        let at_an_end = (index == 0 && matches!(c, ' ' | '#')) || (index == last && c == ' ');
        if at_an_end || matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            f.write_char('\\')?;
            f.write_char(c)?;
        } else if is_invisible(c) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                write!(f, "\\{byte:02x}")?;
            }
        } else {
            f.write_char(c)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(tag: u8, content: &[u8]) -> Option<String> {
        let length = u8::try_from(content.len()).ok()?;
        let der = [&[tag, length], content].concat();
        decode(&Any::from_der(&der).ok()?.1)
    }

    #[test]
    fn each_string_type_is_read_by_its_own_rules() {
        let utf8 = "m\u{fc}ller".as_bytes();
        for (tag, content, expected) in [
            (12, utf8, Some("m\u{fc}ller")),
            (12, &b"m\xfcller"[..], None),
            (19, b"partner", Some("partner")),
            (19, utf8, None),
            (22, b"a@b", Some("a@b")),
            (18, b"12 3", Some("12 3")),
            (20, b"Plain Ascii", Some("Plain Ascii")),
            (20, b"m\xfcller", Some("m\u{fc}ller")),
            (20, b"a\x1b(Jb", None),
            (20, b"a\x00b", None),
            (20, b"a\x8bb", None),
            (20, b"a\xadb", None),
            (30, b"\x00a\x20\xac", Some("a\u{20ac}")),
            (30, b"\x00a\x20", None),
            (30, b"\xd8\x00\xdc\x00", None),
            (28, b"\x00\x00\x00a\x00\x01\xf6\x00", Some("a\u{1f600}")),
            (28, b"\x00\x00\x00a\x00", None),
            (28, b"\x00\x11\x00\x00", None),
            (4, b"octets", None),
        ] {
            assert_eq!(text(tag, content).as_deref(), expected, "{tag} {content:?}");
        }
    }
}
