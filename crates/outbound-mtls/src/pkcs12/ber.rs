//! The part of BER that PKCS#12 files are written in.
//!
//! Not only DER: Java, NSS and Apple's tools write indefinite lengths and constructed octet strings. Values are
//! borrowed; nothing is interpreted here.
//!
//! This is code of our own because the readers that are in the dependency tree, asn1-rs and der-parser (which
//! x509-parser brings), do not put a constructed octet string together; a test fails when they do. Properties of it are
//! tested on generated input.

use std::ops::Deref;

use crate::secret_bytes::SecretBytes;

/// How deep values may be nested. A PKCS#12 file needs about 12 levels for a bag in a bag; the rest is room.
const MAX_DEPTH: usize = 32;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const BMP_STRING: u8 = 0x1E;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]`, constructed: an explicit tag, or an implicit octet string in pieces.
pub(crate) const CONTEXT_0: u8 = 0xA0;
/// `[0]`, primitive: an implicit octet string.
pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;

const CONSTRUCTED: u8 = 0x20;
const END_OF_CONTENTS: u8 = 0x00;

/// Why bytes are not the BER that was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BerError {
    /// A length points beyond the last byte.
    Truncated,
    /// Another value than the one expected, or no value.
    Unexpected,
    /// Nested deeper than the limit.
    TooDeep,
}

/// One value: its tag, and its contents without the header.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    tag: u8,
    contents: &'a [u8],
}

impl<'a> Value<'a> {
    /// The tag's byte; multi-byte tags are refused when a value is read.
    pub(crate) fn tag(&self) -> u8 {
        self.tag
    }

    /// The values inside.
    pub(crate) fn values(&self) -> Values<'a> {
        Values::new(self.contents)
    }

    /// Whether it is an octet string, in one piece or several.
    pub(crate) fn is_octets(&self) -> bool {
        self.tag & !CONSTRUCTED == OCTET_STRING
    }

    /// The bytes of an octet string, put together where it comes in pieces.
    pub(crate) fn octets(&self) -> Result<Octets<'a>, BerError> {
        if self.tag & CONSTRUCTED == 0 {
            return Ok(Octets::Whole(self.contents));
        }
        // The pieces are shorter than what contains them.
        let mut joined = SecretBytes::with_room(self.contents.len());
        join(self, &mut joined, 0)?;
        Ok(Octets::Joined(joined))
    }

    /// The only value inside.
    pub(crate) fn only(&self) -> Result<Value<'a>, BerError> {
        self.values().next_value()
    }

    /// The contents of a primitive value.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.contents
    }

    /// A number that is not negative. One that does not fit becomes the greatest that does, which every limit refuses.
    pub(crate) fn number(&self) -> Result<u64, BerError> {
        match self.contents {
            [] | [0x80..=0xFF, ..] => Err(BerError::Unexpected),
            bytes => Ok(bytes.iter().fold(0_u64, |sum, byte| {
                sum.checked_mul(256)
                    .map_or(u64::MAX, |sum| sum | u64::from(*byte))
            })),
        }
    }

    /// An object identifier in dotted form.
    pub(crate) fn dotted(&self) -> Result<String, BerError> {
        let mut arcs: Vec<u64> = Vec::new();
        let mut arc = 0_u64;
        for byte in self.contents {
            arc = arc
                .checked_mul(128)
                .ok_or(BerError::Unexpected)?
                .saturating_add(u64::from(byte & 0x7F));
            if byte & 0x80 == 0 {
                arcs.push(arc);
                arc = 0;
            }
        }
        let (first, rest) = arcs.split_first().ok_or(BerError::Unexpected)?;
        let top = (*first / 40).min(2);
        let mut text = format!("{top}.{}", first - 40 * top);
        for arc in rest {
            text.push('.');
            text.push_str(&arc.to_string());
        }
        Ok(text)
    }
}

/// The bytes of an octet string. They can contain a key.
pub(crate) enum Octets<'a> {
    /// In one piece in the file.
    Whole(&'a [u8]),
    /// Put together from several.
    Joined(SecretBytes),
}

impl Deref for Octets<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Joined(bytes) => bytes,
        }
    }
}

/// Reads one value after the other.
pub(crate) struct Values<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Values<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            depth: 0,
        }
    }

    /// The next value, which must be present.
    pub(crate) fn next_value(&mut self) -> Result<Value<'a>, BerError> {
        self.next_or_end()?.ok_or(BerError::Unexpected)
    }

    /// The next value, which must be present and have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Result<Value<'a>, BerError> {
        match self.next_value()? {
            value if value.tag == tag => Ok(value),
            _ => Err(BerError::Unexpected),
        }
    }

    /// The bytes of the next value, which must be present and an octet string, in one piece or several.
    pub(crate) fn expect_octets(&mut self) -> Result<Octets<'a>, BerError> {
        match self.next_value()? {
            value if value.is_octets() => value.octets(),
            _ => Err(BerError::Unexpected),
        }
    }

    /// The next value, or `None` after the last.
    pub(crate) fn next_or_end(&mut self) -> Result<Option<Value<'a>>, BerError> {
        let Some(tag) = self.rest.first().copied() else {
            return Ok(None);
        };
        if tag & 0x1F == 0x1F {
            return Err(BerError::Unexpected);
        }
        let (length, body) = length(self.rest.get(1..).unwrap_or_default())?;
        let (contents, rest) = match length {
            Some(length) => body.split_at_checked(length).ok_or(BerError::Truncated)?,
            None if tag & CONSTRUCTED != 0 => until_end(body, self.depth + 1)?,
            None => return Err(BerError::Unexpected),
        };
        self.rest = rest;
        Ok(Some(Value { tag, contents }))
    }
}

/// The length, `None` where it is indefinite, and what follows it.
fn length(bytes: &[u8]) -> Result<(Option<usize>, &[u8]), BerError> {
    let (first, rest) = bytes.split_first().ok_or(BerError::Truncated)?;
    match first {
        0x80 => Ok((None, rest)),
        0..0x80 => Ok((Some(usize::from(*first)), rest)),
        _ => {
            let count = usize::from(first & 0x7F);
            let (digits, rest) = rest.split_at_checked(count).ok_or(BerError::Truncated)?;
            let length = digits.iter().try_fold(0_usize, |sum, digit| {
                sum.checked_mul(256)?.checked_add(usize::from(*digit))
            });
            // A length beyond the address space is beyond the last byte too.
            Ok((Some(length.ok_or(BerError::Truncated)?), rest))
        }
    }
}

/// Splits an indefinite value's contents from what follows its end mark.
fn until_end(body: &[u8], depth: usize) -> Result<(&[u8], &[u8]), BerError> {
    if depth > MAX_DEPTH {
        return Err(BerError::TooDeep);
    }
    let mut values = Values { rest: body, depth };
    loop {
        let before = body.len() - values.rest.len();
        match values.next_or_end()? {
            None => return Err(BerError::Truncated),
            Some(value) if value.tag == END_OF_CONTENTS => {
                return Ok((body.get(..before).unwrap_or_default(), values.rest));
            }
            Some(_) => {}
        }
    }
}

fn join(value: &Value<'_>, joined: &mut SecretBytes, depth: usize) -> Result<(), BerError> {
    if depth > MAX_DEPTH {
        return Err(BerError::TooDeep);
    }
    let mut pieces = value.values();
    while let Some(piece) = pieces.next_or_end()? {
        match piece.tag {
            OCTET_STRING => joined.push(piece.contents),
            tag if tag == OCTET_STRING | CONSTRUCTED => join(&piece, joined, depth + 1)?,
            _ => return Err(BerError::Unexpected),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
