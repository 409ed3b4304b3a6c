//! Text: PEM, hexadecimal, or base64 as the header has it, in any of the encodings that editors and shells write.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::format::{Charset, Format, Notation};
use super::{Found, Unreadable, der, pem};
use crate::password::Password;

/// The header whose whole line people paste.
pub(crate) const HEADER_NAME: &str = "x-arr-clientcert:";

/// Reads text; what is no text is not recognised.
pub(super) fn parse(bytes: &[u8], password: Option<&Password>) -> Result<Found, Unreadable> {
    let (text, charset) = decode(bytes).ok_or(Unreadable::Unrecognised)?;
    let text = value_of(text.trim());
    if text.is_empty() {
        return Err(Unreadable::Empty);
    }
    let mut found = if pem::is_pem(text) {
        pem::parse(text, password)?
    } else {
        encoded(text, password)?
    };
    found.format.charset = charset;
    Ok(found)
}

/// The text of a file in UTF-8 or, after a byte order mark, UTF-16; nothing where it is no text.
pub(crate) fn decode(bytes: &[u8]) -> Option<(String, Charset)> {
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_owned()).ok();
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some((utf16(rest, u16::from_le_bytes)?, Charset::Utf16Le)),
        [0xfe, 0xff, rest @ ..] => Some((utf16(rest, u16::from_be_bytes)?, Charset::Utf16Be)),
        [0xef, 0xbb, 0xbf, rest @ ..] => Some((utf8(rest)?, Charset::Utf8Marked)),
        _ => Some((utf8(bytes)?, Charset::Utf8)),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<_, _>>()
        .ok()
}

fn value_of(text: &str) -> &str {
    match text.split_at_checked(HEADER_NAME.len()) {
        Some((name, value)) if name.eq_ignore_ascii_case(HEADER_NAME) => value.trim(),
        _ => text,
    }
}

fn encoded(text: &str, password: Option<&Password>) -> Result<Found, Unreadable> {
    let (bytes, notation) = match hexadecimal(text) {
        Some(bytes) => (bytes, Notation::Hexadecimal),
        None => base64(text)?,
    };
    let mut found = if der::begins_like_der(&bytes) {
        der::parse(&bytes, password)?
    } else {
        let text = std::str::from_utf8(&bytes)
            .ok()
            .filter(|text| pem::is_pem(text));
        pem::parse(text.ok_or(Unreadable::Unrecognised)?, password)?
    };
    found.format = Format {
        notation,
        ..found.format
    };
    Ok(found)
}

/// DER in hexadecimal begins with `30`, and no base64 of DER does.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() || pairs.first() != Some(&[3, 0]) {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| u8::try_from(high * 16 + low).ok())
        .collect()
}

/// The same alphabet and padding that the handler demands of the header; line breaks are allowed in files.
fn base64(text: &str) -> Result<(Vec<u8>, Notation), Unreadable> {
    let notation = match text.contains('\n') {
        true => Notation::Base64Lines,
        false => Notation::Base64,
    };
    let compact: String = text.split_whitespace().collect();
    let bytes = STANDARD
        .decode(&compact)
        .map_err(|error| Unreadable::NotBase64 {
            why: why_not_base64(&compact, &error),
        })?;
    Ok((bytes, notation))
}

/// The error's own words name a byte of the text, which is public where it is a certificate; a mistaken file's text
/// is not shown further.
fn why_not_base64(text: &str, error: &base64::DecodeError) -> String {
    if text.starts_with(['"', '\'']) {
        "it is in quotation marks; remove them".to_owned()
    } else if text.contains(['-', '_']) && !text.contains(['+', '/']) {
        "base64url; the header uses + and / instead of - and _".to_owned()
    } else if text.contains(',') {
        "a comma; two header values in one?".to_owned()
    } else {
        error.to_string()
    }
}
