//! The entries of a revocation list (RFC 5280, section 5.3), in an order in which one is found quickly.

use std::ops::Range;

use x509_parser::asn1_rs::Tag;

use super::crl::{CrlError, Entry};
use super::extensions::Extension;
use crate::x509::Name;
use crate::x509::der::{Element, elements, first, sequence};

/// cRLReason, certificateIssuer and invalidityDate.
const REASON: &str = "2.5.29.21";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";

/// removeFromCRL.
const REMOVED: u8 = 8;

/// How many numbers are between two fences: a quarter of an octet more for each entry, and six steps of a search outside.
const STRIDE: usize = 64;

/// Where each entry begins, ordered by serial number and then by the entry's place.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// Offsets of entries in the encoding, by the serial number there.
    order: Vec<u32>,
    /// The prefix of every [`STRIDE`]th number: they lie together, so that most of a search stays in a processor's cache.
    fences: Vec<[u8; 16]>,
    /// The issuer of the certificates from some offset on, in an indirect list: it holds until the next one
    /// (section 5.3.3). The first holds from the beginning.
    issuers: Vec<(u32, Name)>,
}

impl Entries {
    /// Reads the entries that lie at `list` in the encoding.
    pub(super) fn read(der: &[u8], list: Range<usize>, issuer: &Name) -> Result<Self, CrlError> {
        let mut entries = Self {
            order: Vec::new(),
            fences: Vec::new(),
            issuers: vec![(0, issuer.clone())],
        };
        let mut sorted = Vec::new();
        let mut rest = der.get(list.clone()).unwrap_or_default();
        while !rest.is_empty() {
            let at = list.end.saturating_sub(rest.len());
            let at = u32::try_from(at).map_err(|_| MALFORMED)?;
            let (entry, after) = first(rest).ok_or(MALFORMED)?;
            let read = Read::new(&entry)?;
            if let Some(issuer) = read.issuer {
                entries.issuers.push((at, issuer));
            }
            sorted.push((prefix(serial_at(der, at).unwrap_or_default()), at));
            rest = after;
        }
        // The numbers lie all over the encoding: most pairs are told apart without going there.
        let serial = |at: u32| serial_at(der, at).unwrap_or_default();
        sorted.sort_unstable_by(|(one, at), (two, other)| {
            let by_number = one.cmp(two).then_with(|| serial(*at).cmp(serial(*other)));
            by_number.then(at.cmp(other))
        });
        let fences = sorted.iter().step_by(STRIDE);
        entries.fences = fences.map(|(prefix, _)| *prefix).collect();
        entries.order = sorted.into_iter().map(|(_, at)| at).collect();
        entries.order.shrink_to_fit();
        Ok(entries)
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// What the list says of the certificate that `issuer` gave this number. The last entry counts, if there are several.
    pub(super) fn find(&self, der: &[u8], issuer: &Name, serial: &[u8]) -> Option<Entry> {
        let serial = minimal(serial);
        let (before, within) = self.between_fences(&prefix(serial));
        let within = self.order.get(before..within)?;
        let begin =
            before + within.partition_point(|at| serial_at(der, *at).unwrap_or_default() < serial);
        let same = self.order.get(begin..)?.iter();
        let same = same.take_while(|at| serial_at(der, **at) == Some(serial));
        let last = same
            .filter(|at| self.issuer_at(**at) == Some(issuer))
            .last()?;
        let (entry, _) = first(der.get(usize::try_from(*last).ok()?..)?)?;
        Some(Read::new(&entry).map_or(Entry::Revoked, |read| read.entry))
    }

    /// From where to where the first number with this prefix is looked for: it may lie at the end itself.
    fn between_fences(&self, prefix: &[u8; 16]) -> (usize, usize) {
        let before = self.fences.partition_point(|fence| fence < prefix);
        let up_to = self.fences.partition_point(|fence| fence <= prefix);
        let end = up_to.saturating_mul(STRIDE).min(self.order.len());
        (before.saturating_sub(1).saturating_mul(STRIDE), end)
    }

    fn issuer_at(&self, at: u32) -> Option<&Name> {
        let after = self.issuers.partition_point(|(from, _)| *from <= at);
        self.issuers
            .get(after.checked_sub(1)?)
            .map(|(_, issuer)| issuer)
    }
}

const MALFORMED: CrlError = CrlError::Malformed("an unreadable entry");

/// The content of the serial number in the entry at an offset, as short as it can be. The entry has been read, so that its lengths
/// are known to be right: a look-up among a million entries comes here twenty times.
fn serial_at(der: &[u8], at: u32) -> Option<&[u8]> {
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

/// The first octets of a serial number, ordered as they are. Numbers of 16 octets and more differ in these nearly always; RFC 5280
/// lets them have 20.
fn prefix(serial: &[u8]) -> [u8; 16] {
    let mut prefix = [0; 16];
    for (to, from) in prefix.iter_mut().zip(serial) {
        *to = *from;
    }
    prefix
}

/// The shortest octets of the same number: leading zeros that say nothing are left out, since some write them. One before a
/// set bit says that the number is not negative.
fn minimal(mut serial: &[u8]) -> &[u8] {
    while let [0, next, ..] = serial
        && next & 0x80 == 0
    {
        serial = serial.get(1..).unwrap_or_default();
    }
    serial
}

/// One entry.
struct Read {
    entry: Entry,
    /// The issuer that holds from here on.
    issuer: Option<Name>,
}

impl Read {
    fn new(entry: &Element<'_>) -> Result<Self, CrlError> {
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

    fn add(&mut self, extension: &Extension<'_>) -> Result<(), CrlError> {
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
                let name = name.and_then(|name| Name::from_der(name.content()));
                self.issuer = Some(name.ok_or(MALFORMED)?);
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
}
