//! The string types of ASN.1 in which certificates hold text.

use x509_parser::asn1_rs::Tag;

use super::der::elements;
use crate::invisible::is_invisible;

/// The text of a single DER string, whatever its type.
pub(crate) fn text_of(der: &[u8]) -> Option<String> {
    match elements(der)?.as_slice() {
        [value] => decode(value.tag()?, value.content()),
        _ => None,
    }
}

/// The text of a value, by its string type (RFC 5280, section 4.1.2.4; X.690, section 8.23); `None` if it is no string, or not
/// what its type promises.
pub(super) fn decode(tag: Tag, content: &[u8]) -> Option<String> {
    match tag {
        Tag::Utf8String => String::from_utf8(content.to_vec()).ok(),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString => str::from_utf8(content)
            .ok()
            .filter(|text| text.is_ascii())
            .map(ToOwned::to_owned),
        Tag::T61String => decode_teletex(content),
        Tag::BmpString => decode_bmp(content),
        Tag::UniversalString => decode_universal(content),
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

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(
                decode(Tag(tag), content).as_deref(),
                expected,
                "{tag} {content:?}"
            );
        }
    }
}
