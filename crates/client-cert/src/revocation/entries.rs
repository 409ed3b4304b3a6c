//! The entries of a revocation list (RFC 5280, section 5.3), in an order in which one is found quickly.

use std::cmp::Ordering;
use std::ops::Range;

use super::crl_error::CrlError;
use super::entry::{Entry, EntryFields, MALFORMED, minimal, serial_at};
use super::entry_issuers::{EntryIssuers, Reading};
use crate::x509::Name;
use crate::x509::der::first;

/// How many numbers are between two fences: a quarter of an octet more for each entry, and six steps of a search outside.
const STRIDE: usize = 64;

/// How many octets of a number it is ordered by at first. RFC 5280 lets numbers have 20, and one more says that it is not negative.
const KEY_OCTETS: usize = 24;

/// The most numbers that are longer: two that begin alike are compared where they lie, far apart in the encoding.
const MAX_LONG_NUMBERS: usize = 10_000;

/// Where each entry begins, ordered by serial number and then by the entry's place.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// Offsets of entries in the encoding, by the serial number there.
    order: Vec<u32>,
    /// The prefix of every [`STRIDE`]th number: they lie together, so that most of a search stays in a processor's cache.
    fences: Vec<[u8; 16]>,
    issuers: EntryIssuers,
}

impl Entries {
    /// Reads the entries that lie at `list` in the encoding.
    pub(super) fn read(der: &[u8], list: Range<usize>, issuer: &Name) -> Result<Self, CrlError> {
        let mut issuers = Reading::new(issuer);
        let mut sorted = Vec::new();
        let mut long = 0_usize;
        let mut rest = der.get(list.clone()).unwrap_or_default();
        while !rest.is_empty() {
            let at = list.end.saturating_sub(rest.len());
            let at = u32::try_from(at).map_err(|_| MALFORMED)?;
            let (entry, after) = first(rest).ok_or(MALFORMED)?;
            if let Some(issuer) = EntryFields::read(&entry)?.issuer {
                issuers.hold_from(at, issuer)?;
            }
            let key = Key::of(serial_at(der, at).unwrap_or_default());
            long += usize::from(key.is_part());
            if long > MAX_LONG_NUMBERS {
                return Err(CrlError::TooMany {
                    what: "serial numbers of more than 24 octets",
                    most: MAX_LONG_NUMBERS,
                });
            }
            sorted.push((key, at));
            rest = after;
        }
        // The numbers lie all over the encoding: nearly all pairs are told apart without going there.
        let serial = |at: u32| serial_at(der, at).unwrap_or_default();
        sorted.sort_unstable_by(|(one, at), (two, other)| {
            let by_number = one.cmp(two).then_with(|| match one.is_part() {
                true => serial(*at).cmp(serial(*other)),
                false => Ordering::Equal,
            });
            by_number.then(at.cmp(other))
        });
        let fences = sorted.iter().step_by(STRIDE);
        let fences = fences.map(|(key, _)| key.prefix()).collect();
        // Collected where the keys were: most of that is given back.
        let mut order: Vec<u32> = sorted.into_iter().map(|(_, at)| at).collect();
        order.shrink_to_fit();
        Ok(Self {
            order,
            fences,
            issuers: issuers.into_issuers(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// What the list says of the certificate that `issuer` gave this number. The last entry counts, if there are several.
    pub(super) fn find(&self, der: &[u8], issuer: &Name, serial: &[u8]) -> Option<Entry> {
        let serial = minimal(serial);
        let (before, within) = self.between_fences(&head(serial));
        let within = self.order.get(before..within)?;
        let begin =
            before + within.partition_point(|at| serial_at(der, *at).unwrap_or_default() < serial);
        let same = self.order.get(begin..)?.iter();
        let same = same.take_while(|at| serial_at(der, **at) == Some(serial));
        let last = same
            .filter(|at| self.issuers.at(**at) == Some(issuer))
            .last()?;
        let (entry, _) = first(der.get(usize::try_from(*last).ok()?..)?)?;
        Some(EntryFields::read(&entry).map_or(Entry::Revoked, |read| read.entry))
    }

    /// From where to where the first number with this prefix is looked for: it may lie at the end itself.
    fn between_fences(&self, prefix: &[u8; 16]) -> (usize, usize) {
        let before = self.fences.partition_point(|fence| fence < prefix);
        let up_to = self.fences.partition_point(|fence| fence <= prefix);
        let end = up_to.saturating_mul(STRIDE).min(self.order.len());
        (before.saturating_sub(1).saturating_mul(STRIDE), end)
    }
}

/// What a number is ordered by: its first octets, and how many it has up to one more than these. Only two numbers that both have
/// more are not told apart by it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    octets: [u8; KEY_OCTETS],
    length: u8,
}

impl Key {
    fn of(serial: &[u8]) -> Self {
        let length = serial.len().min(KEY_OCTETS + 1);
        Self {
            octets: head(serial),
            length: u8::try_from(length).unwrap_or(u8::MAX),
        }
    }

    /// Whether the number has more octets than the key.
    fn is_part(&self) -> bool {
        usize::from(self.length) > KEY_OCTETS
    }

    fn prefix(&self) -> [u8; 16] {
        head(&self.octets)
    }
}

/// The first octets of a serial number, ordered as they are. Numbers of 16 octets and more differ in these nearly always.
fn head<const OCTETS: usize>(serial: &[u8]) -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    for (to, from) in octets.iter_mut().zip(serial) {
        *to = *from;
    }
    octets
}
