//! Certificate revocation lists (CRL; RFC 5280, section 5), read from DER. Nothing here is verified.

use std::fmt;
use std::ops::Range;

use x509_parser::asn1_rs::{FromDer as _, Tag};
use x509_parser::x509::AlgorithmIdentifier;

use super::entries::Entries;
use super::extensions::{Extensions, Scope};
use super::time::instant;
use crate::x509::der::{Element, first, sequence};
use crate::x509::{KeyIdentifier, Name, SerialNumber, SignatureAlgorithm};

/// The longest list that is read, in bytes: a million entries take 40 MB.
pub const MAX_CRL_BYTES: usize = 128 * 1024 * 1024;

/// A revocation list. Its entries stay in the encoding; what is kept beside it are four bytes for each.
#[derive(Clone)]
pub struct Crl {
    der: Box<[u8]>,
    tbs: Range<usize>,
    algorithm: SignatureAlgorithm,
    signature: Box<[u8]>,
    issuer: Name,
    this_update: i64,
    next_update: i64,
    extensions: Extensions,
    entries: Entries,
}

impl Crl {
    /// Reads a list from exactly the given bytes.
    ///
    /// # Errors
    ///
    /// See [`CrlError`]. A list with a critical extension that is not processed says nothing about any certificate
    /// (section 5.2), so it is refused as a whole.
    pub fn parse(der: &[u8]) -> Result<Self, CrlError> {
        if der.len() > MAX_CRL_BYTES {
            return Err(CrlError::TooLong { found: der.len() });
        }
        let parts = sequence(der).ok_or(CrlError::Malformed("not one DER sequence"))?;
        let [tbs, algorithm, signature] = parts.as_slice() else {
            return Err(CrlError::Malformed(
                "not a list, an algorithm and a signature",
            ));
        };
        let signed = Signed::read(tbs)?;
        if signed.algorithm != algorithm.raw {
            return Err(CrlError::Malformed("two different signature algorithms"));
        }
        let extensions = Extensions::read(signed.extensions)?;
        let offset = |part: &[u8]| offset_in(der, part);
        let list = offset(signed.entries).ok_or(CrlError::Malformed("no list"))?;
        Ok(Self {
            tbs: offset(tbs.raw).ok_or(CrlError::Malformed("no list"))?,
            algorithm: algorithm_of(algorithm)
                .ok_or(CrlError::Malformed("an unreadable signature algorithm"))?,
            signature: bits(signature)
                .ok_or(CrlError::Malformed("no signature"))?
                .into(),
            entries: Entries::read(der, list, &signed.issuer)?,
            issuer: signed.issuer,
            this_update: signed.this_update,
            next_update: signed.next_update,
            extensions,
            der: der.into(),
        })
    }

    /// Its DER encoding, from which it was read.
    pub fn encoding(&self) -> &[u8] {
        &self.der
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// From when it says how things are, in seconds since 1970.
    pub fn this_update(&self) -> i64 {
        self.this_update
    }

    /// When the next one is due, in seconds since 1970: from then on it is stale.
    pub fn next_update(&self) -> i64 {
        self.next_update
    }

    /// How many certificates it lists.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it lists none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it lists only what changed since another.
    pub fn is_delta(&self) -> bool {
        self.extensions.base.is_some()
    }

    /// Whether it lists the certificate that `issuer` gave this number, content octets of the INTEGER. For measurements and
    /// tools: whether the list covers the certificate is a question of its scope, which this does not look at.
    pub fn lists(&self, issuer: &Name, serial: &[u8]) -> bool {
        self.entry(issuer, serial).is_some()
    }

    pub(super) fn number(&self) -> Option<&SerialNumber> {
        self.extensions.number.as_ref()
    }

    /// The number of the list that a delta completes.
    pub(super) fn base(&self) -> Option<&SerialNumber> {
        self.extensions.base.as_ref()
    }

    pub(super) fn authority_key(&self) -> Option<&KeyIdentifier> {
        self.extensions.authority_key.as_ref()
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.extensions.scope
    }

    /// What it says of the certificate that `issuer` gave this number.
    pub(super) fn entry(&self, issuer: &Name, serial: &[u8]) -> Option<Entry> {
        self.entries.find(&self.der, issuer, serial)
    }

    /// The signature, and what it is over.
    pub(super) fn signed(&self) -> crate::x509::Signed<'_> {
        crate::x509::Signed {
            algorithm: &self.algorithm,
            message: self.der.get(self.tbs.clone()).unwrap_or_default(),
            signature: &self.signature,
        }
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer.to_string())
            .field("this_update", &self.this_update)
            .field("next_update", &self.next_update)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

/// What a list says of one certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Entry {
    Revoked,
    /// It was on hold and is no longer (reason removeFromCRL; in a delta only).
    Removed,
}

/// `TBSCertList`, taken apart.
struct Signed<'a> {
    algorithm: &'a [u8],
    issuer: Name,
    this_update: i64,
    next_update: i64,
    /// The content of `revokedCertificates`; empty if there is none.
    entries: &'a [u8],
    /// The encoding of `Extensions`; `None` if there are none.
    extensions: Option<&'a [u8]>,
}

impl<'a> Signed<'a> {
    fn read(tbs: &Element<'a>) -> Result<Self, CrlError> {
        const MALFORMED: CrlError = CrlError::Malformed("fields that are not those of a list");
        let mut fields = Fields(tbs.content());
        if !tbs.is(Tag::Sequence) {
            return Err(MALFORMED);
        }
        // Version 1 has no version field; version 2 is encoded as 1.
        let version = fields.next_if(|field| field.is(Tag::Integer))?;
        if version.is_some_and(|version| version.content() != [1]) {
            return Err(CrlError::Malformed("another version than 1 or 2"));
        }
        let algorithm = fields
            .next_if(|field| field.is(Tag::Sequence))?
            .ok_or(MALFORMED)?
            .raw;
        let issuer = fields
            .next_if(|field| field.is(Tag::Sequence))?
            .ok_or(MALFORMED)?;
        let issuer =
            Name::from_der(issuer.raw).ok_or(CrlError::Malformed("an unreadable issuer"))?;
        let this_update = fields
            .next_if(is_time)?
            .and_then(|time| instant(&time))
            .ok_or(MALFORMED)?;
        let next_update = fields.next_if(is_time)?.ok_or(CrlError::NoNextUpdate)?;
        let next_update = instant(&next_update).ok_or(MALFORMED)?;
        let entries = fields.next_if(|field| field.is(Tag::Sequence))?;
        let extensions = fields.next_if(|field| field.is_context(0))?;
        match fields.0 {
            [] => Ok(Self {
                algorithm,
                issuer,
                this_update,
                next_update,
                entries: entries.map_or(tbs.content().get(..0).unwrap_or_default(), |entries| {
                    entries.content()
                }),
                extensions: extensions.map(|extensions| extensions.content()),
            }),
            _ => Err(MALFORMED),
        }
    }
}

fn is_time(field: &Element<'_>) -> bool {
    field.is(Tag::UtcTime) || field.is(Tag::GeneralizedTime)
}

/// Elements that are taken one after the other, each only if it is what is expected.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next_if(
        &mut self,
        is_expected: impl FnOnce(&Element<'a>) -> bool,
    ) -> Result<Option<Element<'a>>, CrlError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (field, rest) = first(self.0).ok_or(CrlError::Malformed("bytes that are not DER"))?;
        if !is_expected(&field) {
            return Ok(None);
        }
        self.0 = rest;
        Ok(Some(field))
    }
}

fn algorithm_of(identifier: &Element<'_>) -> Option<SignatureAlgorithm> {
    let (rest, identifier) = AlgorithmIdentifier::from_der(identifier.raw).ok()?;
    rest.is_empty()
        .then(|| SignatureAlgorithm::new(&identifier))
}

/// The octets of a bit string without unused bits.
fn bits<'a>(element: &Element<'a>) -> Option<&'a [u8]> {
    let (unused, octets) = element.content().split_first()?;
    (element.is(Tag::BitString) && *unused == 0).then_some(octets)
}

/// Where a part of some bytes lies in them.
fn offset_in(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(start..end)
}

/// Why bytes are not a revocation list that can be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CrlError {
    /// Beyond [`MAX_CRL_BYTES`].
    TooLong {
        /// Bytes.
        found: usize,
    },
    /// Not a list (section 5.1).
    Malformed(&'static str),
    /// No nextUpdate, which RFC 5280, section 5.1.2.5, requires: it would never be stale.
    NoNextUpdate,
    /// A critical extension, of the list or of an entry, that is not processed.
    CriticalExtension {
        /// In dotted notation.
        found: String,
    },
    /// A list for attribute certificates alone.
    AttributeCertificates,
}

impl fmt::Display for CrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found } => {
                write!(
                    f,
                    "expected a revocation list of at most {MAX_CRL_BYTES} bytes, found {found}"
                )
            }
            Self::Malformed(found) => write!(
                f,
                "expected the DER encoding of a revocation list, found {found}"
            ),
            Self::NoNextUpdate => {
                f.write_str("expected a nextUpdate, found none: the list would never be stale")
            }
            Self::CriticalExtension { found } => {
                write!(
                    f,
                    "expected no unrecognized critical extension, found {found}"
                )
            }
            Self::AttributeCertificates => f.write_str(
                "expected a list for certificates, found one for attribute certificates alone",
            ),
        }
    }
}

impl std::error::Error for CrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_where_it_lies() {
        let whole = b"abcdef";
        assert_eq!(offset_in(whole, &whole[2..4]), Some(2..4));
        assert_eq!(offset_in(whole, &whole[6..]), Some(6..6));
        let elsewhere = *b"cd";
        assert_eq!(offset_in(&whole[..2], &whole[2..4]), None);
        assert!(offset_in(&elsewhere, whole).is_none());
    }

    #[test]
    fn nothing_is_read_from_what_is_no_list() {
        for bytes in [
            &b""[..],
            b"\x30\x00",
            b"\x05\x00",
            b"\x30\x03\x05\x00\x00",
            &[0x30; 64],
        ] {
            assert!(
                matches!(Crl::parse(bytes), Err(CrlError::Malformed(_))),
                "{bytes:x?}"
            );
        }
    }
}
