//! Binary files: one certificate, or PKCS#12.

use openssl::x509::X509;
use outbound_mtls::{Contents, LoadErrorKind, is_pkcs12};

use super::contents::found;
use super::format::{Content, Format};
use super::{Found, FoundKey, Unreadable};
use crate::password::Password;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// Whether the bytes can be the DER or BER of anything that is read here. The digit 0 is the same byte, so text in
/// hexadecimal must not pass: after it, DER has a length of more than 100 bytes, which no digit is.
pub(super) fn begins_like_der(bytes: &[u8]) -> bool {
    matches!(bytes, [SEQUENCE, 0x80..=0x84, ..])
}

/// Reads a certificate or PKCS#12 by its outermost structure.
pub(super) fn parse(bytes: &[u8], password: Option<&Password>) -> Result<Found, Unreadable> {
    let outline = Outline::of(bytes).ok_or(Unreadable::Unrecognised)?;
    if let Some(expected) = outline.total
        && bytes.len() < expected
    {
        return Err(Unreadable::Truncated {
            expected,
            seen: bytes.len(),
        });
    }
    match outline.inside {
        [INTEGER, 1, 3, ..] => pkcs12(bytes, password),
        // The version with a length in more bytes than it needs.
        [INTEGER, ..] if is_pkcs12(bytes) => pkcs12(bytes, password),
        [INTEGER, ..] => Err(Unreadable::KeyAlone),
        [OBJECT_IDENTIFIER, ..] => Err(Unreadable::Pkcs7),
        [SEQUENCE, ..] => certificate(bytes, outline.total),
        _ => Err(Unreadable::Unrecognised),
    }
}

/// The outermost header.
struct Outline<'a> {
    /// Header and contents together; unknown in the indefinite form, which some programs use for PKCS#12.
    total: Option<usize>,
    inside: &'a [u8],
}

impl<'a> Outline<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (&first, rest) = bytes.get(1..)?.split_first()?;
        let digits = usize::from(first.checked_sub(0x80)?);
        let (length, inside) = rest.split_at_checked(digits)?;
        let length = length
            .iter()
            .fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
        let total = (digits > 0).then_some(2 + digits + length);
        Some(Self { total, inside })
    }
}

fn certificate(bytes: &[u8], total: Option<usize>) -> Result<Found, Unreadable> {
    let end = total.unwrap_or(bytes.len());
    if bytes.len() > end {
        return Err(Unreadable::Trailing {
            bytes: bytes.len() - end,
        });
    }
    X509::from_der(bytes)?;
    Ok(Found {
        format: Format::plain(Content::Der),
        certificates: vec![bytes.to_owned()],
        key: FoundKey::Absent,
        friendly_name: None,
    })
}

fn pkcs12(bytes: &[u8], password: Option<&Password>) -> Result<Found, Unreadable> {
    let secret = password.map(Password::for_reader);
    let contents =
        Contents::read("", bytes, secret.as_ref()).map_err(|error| match error.kind() {
            LoadErrorKind::WrongPassword if password.is_none() => Unreadable::PasswordNeeded,
            LoadErrorKind::WrongPassword => Unreadable::WrongPassword,
            _ => Unreadable::Refused(error),
        })?;
    let format = Format::pkcs12(contents.uses_obsolete_encryption());
    found(&contents, format)
}
