//! Binary files: one certificate, or PKCS#12.

use openssl::x509::X509;

use super::format::{Content, Format};
use super::{Found, FoundKey, Unreadable};
use crate::password::Password;
use crate::pfx::{self, Contents, PfxError};

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
    let contents = match pfx::read(bytes, password.map_or("", Password::expose)) {
        Err(PfxError::WrongPassword) if password.is_none() => {
            return Err(Unreadable::PasswordNeeded);
        }
        result => result?,
    };
    let friendly_name = contents
        .certificate
        .as_ref()
        .and_then(|certificate| certificate.alias())
        .map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(Found {
        format: Format::pkcs12(contents.legacy),
        certificates: certificates(&contents)?,
        key: contents.key.map_or(FoundKey::Absent, FoundKey::Open),
        friendly_name,
    })
}

fn certificates(contents: &Contents) -> Result<Vec<Vec<u8>>, Unreadable> {
    let all = contents.certificate.iter().chain(&contents.others);
    let all: Vec<_> = all.map(|one| one.to_der()).collect::<Result<_, _>>()?;
    match (all.is_empty(), &contents.key) {
        (false, _) => Ok(all),
        (true, Some(_)) => Err(Unreadable::KeyAlone),
        (true, None) => Err(Unreadable::NoCertificate),
    }
}
