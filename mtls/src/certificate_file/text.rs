//! Text: PEM, hexadecimal, or base64 as the header has it, in any of the encodings that editors and shells write.
//!
//! The text may hold a private key, so each copy of it is overwritten when it is dropped, and has room for all of it from
//! the start: a buffer that moves leaves a copy behind.

use base64::engine::general_purpose::STANDARD;
use base64::{DecodeSliceError, Engine as _, decoded_len_estimate};
use zeroize::Zeroizing;

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
pub(crate) fn decode(bytes: &[u8]) -> Option<(Zeroizing<String>, Charset)> {
    let utf8 = |bytes| {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(Zeroizing::new(text.to_owned()))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some((utf16(rest, u16::from_le_bytes)?, Charset::Utf16Le)),
        [0xfe, 0xff, rest @ ..] => Some((utf16(rest, u16::from_be_bytes)?, Charset::Utf16Be)),
        [0xef, 0xbb, 0xbf, rest @ ..] => Some((utf8(rest)?, Charset::Utf8Marked)),
        _ => Some((utf8(bytes)?, Charset::Utf8)),
    }
}

/// The most bytes of UTF-8 for one code unit of UTF-16.
const UTF8_BYTES_PER_UNIT: usize = 3;

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut text = Zeroizing::new(String::with_capacity(pairs.len() * UTF8_BYTES_PER_UNIT));
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(character.ok()?);
    }
    Some(text)
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
fn hexadecimal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let mut high = None;
    for digit in text.chars().filter(|c| !c.is_whitespace() && *c != ':') {
        let digit = u8::try_from(digit.to_digit(16)?).ok()?;
        match high.take() {
            Some(high) => bytes.push(high * 16 + digit),
            None => high = Some(digit),
        }
    }
    (high.is_none() && bytes.first() == Some(&0x30)).then_some(bytes)
}

/// The same alphabet and padding that the handler demands of the header; line breaks are allowed in files.
fn base64(text: &str) -> Result<(Zeroizing<Vec<u8>>, Notation), Unreadable> {
    let notation = match text.contains('\n') {
        true => Notation::Base64Lines,
        false => Notation::Base64,
    };
    let mut compact = Zeroizing::new(String::with_capacity(text.len()));
    text.split_whitespace()
        .for_each(|part| compact.push_str(part));
    let mut bytes = Zeroizing::new(vec![0; decoded_len_estimate(compact.len())]);
    let length = STANDARD
        .decode_slice(&*compact, &mut bytes)
        .map_err(|error| Unreadable::NotBase64 {
            why: why_not_base64(&compact, &error),
        })?;
    bytes.truncate(length);
    Ok((bytes, notation))
}

/// The error's own words name a byte of the text, which is public where it is a certificate; a mistaken file's text
/// is not shown further.
fn why_not_base64(text: &str, error: &DecodeSliceError) -> String {
    if text.starts_with(['"', '\'']) {
        "it is in quotation marks; remove them".to_owned()
    } else if text.contains(['-', '_']) && !text.contains(['+', '/']) {
        "base64url; the header uses + and / instead of - and _".to_owned()
    } else if text.contains(',') {
        "a comma; two header values in one?".to_owned()
    } else if let DecodeSliceError::DecodeError(error) = error {
        error.to_string()
    } else {
        "more bytes than text can hold".to_owned()
    }
}
