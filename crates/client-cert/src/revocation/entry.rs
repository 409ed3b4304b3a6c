//! One entry of a revocation list (RFC 5280, section 5.3).

use x509_parser::asn1_rs::Tag;

use super::crl_error::CrlError;
use super::extensions::Extension;
use crate::x509::der::{Element, elements, first, sequence};

/// cRLReason and certificateIssuer.
const REASON: &str = "2.5.29.21";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";

/// removeFromCRL.
const REMOVED: u8 = 8;

/// The longest entry. Most have 40 bytes; the name of an issuer is the longest that one has.
const MAX_ENTRY_BYTES: usize = 8 * 1024;

pub(super) const MALFORMED: CrlError = CrlError::Malformed("an unreadable entry");

/// What a list says of one certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Entry {
    Revoked,
    /// It was on hold and is no longer (reason removeFromCRL; in a delta only).
    Removed,
}

/// An entry, taken apart.
pub(super) struct EntryFields<'a> {
    pub(super) entry: Entry,
    /// The encoding of the issuer's name that holds from here on.
    pub(super) issuer: Option<&'a [u8]>,
}

impl<'a> EntryFields<'a> {
    pub(super) fn read(entry: &Element<'a>) -> Result<Self, CrlError> {
        if entry.raw.len() > MAX_ENTRY_BYTES {
            return Err(CrlError::TooMany {
                what: "bytes in an entry",
                most: MAX_ENTRY_BYTES,
            });
        }
        let fields = entry.is(Tag::Sequence).then(|| elements(entry.content()));
        let fields = fields.flatten().ok_or(MALFORMED)?;
        let mut read = Self {
            entry: Entry::Revoked,
            issuer: None,
        };
        let is_time =
            |field: &Element<'_>| field.is(Tag::UtcTime) || field.is(Tag::GeneralizedTime);
        match fields.as_slice() {
            [serial, date] if serial.is(Tag::Integer) && is_time(date) => {}
            [serial, date, extensions] if serial.is(Tag::Integer) && is_time(date) => {
                for extension in sequence(extensions.raw).ok_or(MALFORMED)? {
                    read.add(&Extension::read(&extension).ok_or(MALFORMED)?)?;
                }
            }
            _ => return Err(MALFORMED),
        }
        Ok(read)
    }

    fn add(&mut self, extension: &Extension<'a>) -> Result<(), CrlError> {
        match extension.oid.as_str() {
            REASON => {
                let reason = elements(extension.value).ok_or(MALFORMED)?;
                match reason.as_slice() {
                    [reason] if reason.is(Tag::Enumerated) && reason.content() == [REMOVED] => {
                        self.entry = Entry::Removed;
                    }
                    [reason] if reason.is(Tag::Enumerated) => {}
                    _ => return Err(MALFORMED),
                }
            }
            CERTIFICATE_ISSUER => {
                let names = sequence(extension.value).ok_or(MALFORMED)?;
                let name = names.iter().find(|name| name.is_context(4));
                self.issuer = Some(name.ok_or(MALFORMED)?.content());
            }
            oid if extension.critical => {
                return Err(CrlError::CriticalExtension {
                    found: oid.to_owned(),
                });
            }
            _ => {}
        }
        Ok(())
    }
}

/// The content of the serial number in the entry at an offset, as short as it can be. The entry has been read, so that its lengths
/// are known to be right: a look-up among a million entries comes here twenty times.
pub(super) fn serial_at(der: &[u8], at: u32) -> Option<&[u8]> {
    let entry = der.get(usize::try_from(at).ok()?..)?;
    let serial = entry.get(content_at(entry)?..)?;
    match serial {
        [_, length @ 0..0x80, content @ ..] => Some(minimal(content.get(..usize::from(*length))?)),
        _ => Some(minimal(first(serial)?.0.content())),
    }
}

/// Where the content of an element with a tag of one octet begins.
fn content_at(element: &[u8]) -> Option<usize> {
    match *element.get(1)? {
        0..0x80 => Some(2),
        long => Some(2 + usize::from(long & 0x7f)),
    }
}

/// The shortest octets of the same number: leading zeros that say nothing are left out, since some write them. One before a
/// set bit says that the number is not negative.
pub(super) fn minimal(mut serial: &[u8]) -> &[u8] {
    while let [0, next, ..] = serial
        && next & 0x80 == 0
    {
        serial = serial.get(1..).unwrap_or_default();
    }
    serial
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_without_zeros_that_say_nothing() {
        for (octets, expected) in [
            (&[0, 0, 1][..], &[1][..]),
            (&[0, 0x7f], &[0x7f]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0, 0, 0x80], &[0, 0x80]),
            (&[0x80], &[0x80]),
            (&[0, 0xff], &[0, 0xff]),
            (&[0xff], &[0xff]),
            (&[0], &[0]),
            (&[1, 0], &[1, 0]),
        ] {
            assert_eq!(minimal(octets), expected, "{octets:x?}");
        }
    }

    /// An entry with one extension.
    fn with_extension(oid: &[u8], critical: &[u8], value: &[u8]) -> Vec<u8> {
        let element = |tag: u8, content: &[u8]| {
            let mut element = vec![tag, u8::try_from(content.len()).unwrap()];
            element.extend(content);
            element
        };
        let extension = [&element(6, oid), critical, &element(4, value)].concat();
        let extensions = element(0x30, &element(0x30, &extension));
        let date = element(0x17, b"200101000000Z");
        element(
            0x30,
            &[&element(2, &[1]), date.as_slice(), &extensions].concat(),
        )
    }

    #[test]
    fn an_entry_is_a_number_and_a_time() {
        let field = |tag: u8, content: &[u8]| {
            [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
        };
        let number = field(2, &[1]);
        let time = field(0x17, b"200101000000Z");
        let extensions = field(0x30, &field(0x30, b"\x06\x02\x2a\x03\x04\x00"));
        let null = [5, 0].to_vec();
        for (fields, is_one) in [
            (vec![&number, &time], true),
            (vec![&number, &field(0x18, b"20200101000000Z")], true),
            (vec![&number, &time, &extensions], true),
            (vec![&number], false),
            (vec![&number, &number], false),
            (vec![&time, &time], false),
            (vec![&null, &time], false),
            (vec![&number, &null], false),
            (vec![&number, &number, &extensions], false),
            (vec![&time, &time, &extensions], false),
            (vec![&number, &time, &null], false),
            (vec![&number, &time, &extensions, &null], false),
        ] {
            let content: Vec<u8> = fields.iter().flat_map(|field| (*field).clone()).collect();
            let der = field(0x30, &content);
            let read = EntryFields::read(&first(&der).unwrap().0);
            assert_eq!(read.is_ok(), is_one, "{content:x?}");
            let set = field(0x31, &content);
            assert!(EntryFields::read(&first(&set).unwrap().0).is_err());
        }
    }

    #[test]
    fn an_entry_revokes_unless_its_reason_says_otherwise() {
        const REASON: &[u8] = b"\x55\x1d\x15";
        const UNKNOWN: &[u8] = b"\x55\x1d\x00";
        type Expected = Result<Entry, fn(&CrlError) -> bool>;
        type Row = (&'static [u8], &'static [u8], &'static [u8], Expected);
        let malformed: Expected = Err(|error| matches!(error, CrlError::Malformed(_)));
        let unknown: Expected = Err(|error| matches!(error, CrlError::CriticalExtension { .. }));
        const NO: &[u8] = &[];
        const YES: &[u8] = &[1, 1, 0xff];
        let table: &[Row] = &[
            (REASON, NO, &[10, 1, 1], Ok(Entry::Revoked)),
            (REASON, YES, &[10, 1, 1], Ok(Entry::Revoked)),
            (REASON, NO, &[10, 1, 8], Ok(Entry::Removed)),
            (REASON, NO, &[10, 2, 0, 8], Ok(Entry::Revoked)),
            (REASON, NO, &[2, 1, 8], malformed),
            (REASON, NO, &[2, 1, 1], malformed),
            (REASON, NO, &[10, 1, 8, 10, 1, 8], malformed),
            (REASON, NO, &[], malformed),
            (REASON, &[1, 1, 0], &[10, 1, 1], Ok(Entry::Revoked)),
            (REASON, &[5, 0], &[10, 1, 1], malformed),
            (UNKNOWN, NO, &[5, 0], Ok(Entry::Revoked)),
            (UNKNOWN, &[1, 1, 0], &[5, 0], Ok(Entry::Revoked)),
            (UNKNOWN, YES, &[5, 0], unknown),
            (UNKNOWN, &[2, 1, 1], &[5, 0], malformed),
        ];
        for (oid, critical, value, expected) in table {
            let der = with_extension(oid, critical, value);
            let found = EntryFields::read(&first(&der).unwrap().0).map(|read| read.entry);
            let fits = match (&found, expected) {
                (Ok(found), Ok(expected)) => found == expected,
                (Err(found), Err(is_expected)) => is_expected(found),
                _ => false,
            };
            assert!(fits, "{oid:x?} {critical:x?} {value:x?}: {found:?}");
        }
    }
}
