//! Names out of certificates as text that a terminal can be trusted with.

use std::fmt::Write as _;

use x509_parser::asn1_rs::Tag;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// A name in the order of the certificate, with the escapes of RFC 4514 and those of [`visible`].
///
/// For reading alone: two different names can give one text, so nothing is decided by it.
pub(crate) fn text(name: &X509Name<'_>) -> String {
    let parts: Vec<String> = name
        .iter()
        .map(|rdn| {
            let attributes: Vec<String> = rdn.iter().map(attribute).collect();
            attributes.join("+")
        })
        .collect();
    parts.join(", ")
}

/// All common names, decoded and made visible.
pub(super) fn common_names(name: &X509Name<'_>) -> Vec<String> {
    name.iter_common_name()
        .map(|attribute| visible(&value(attribute)))
        .collect()
}

/// Control characters, and those that are invisible or turn the direction of the text, as `\u{…}`.
///
/// A name with an escape sequence would otherwise write on the terminal what its maker likes.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            let _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}'
    )
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type();
    let kind = oid2abbrev(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned);
    format!("{kind}={}", visible(&escaped(&value(attribute))))
}

/// The value by its string type; anything else in hexadecimal after `#`.
fn value(attribute: &AttributeTypeAndValue<'_>) -> String {
    let bytes = attribute.as_slice();
    let decoded = match attribute.attr_value().tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        // In practice Latin-1, whatever T.61 says.
        Tag::T61String | Tag::VisibleString => {
            Some(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        Tag::BmpString => big_endian(bytes.as_chunks::<2>(), |pair| {
            char::from_u32(u16::from_be_bytes(pair).into())
        }),
        Tag::UniversalString => big_endian(bytes.as_chunks::<4>(), |four| {
            char::from_u32(u32::from_be_bytes(four))
        }),
        _ => None,
    };
    decoded.unwrap_or_else(|| format!("#{}", hexadecimal(bytes)))
}

fn big_endian<const N: usize>(
    (units, rest): (&[[u8; N]], &[u8]),
    decode: fn([u8; N]) -> Option<char>,
) -> Option<String> {
    let text = units
        .iter()
        .map(|unit| decode(*unit))
        .collect::<Option<_>>();
    text.filter(|_: &String| rest.is_empty())
}

/// Two lower-case digits a byte, without separators.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// RFC 4514, section 2.4.
fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut text = String::with_capacity(value.len());
    for (index, c) in value.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';')
            || (index == 0 && matches!(c, '#' | ' '))
            || (index == last && c == ' ');
        if special {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        for (text, expected) in [
            ("Allowed Caller", "Allowed Caller"),
            ("bücher", "bücher"),
            ("a\x1b[2Jb", "a\\u{1b}[2Jb"),
            ("a\nb\0", "a\\u{a}b\\u{0}"),
            ("\u{202e}evil", "\\u{202e}evil"),
            ("a\u{200b}b", "a\\u{200b}b"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn separators_inside_a_value_do_not_look_like_the_next_attribute() {
        for (text, expected) in [
            ("a, CN=b", "a\\, CN=b"),
            ("a+b", "a\\+b"),
            (" a ", "\\ a\\ "),
            ("#a#", "\\#a#"),
            ("a\\", "a\\\\"),
            ("", ""),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
