//! Certificate revocation lists (CRL; RFC 5280, section 5), read from DER. Nothing here is verified.

use std::fmt;
use std::ops::Range;

use super::certificate_list::CertificateList;
use super::crl_error::{CrlError, MAX_CRL_BYTES};
use super::entries::Entries;
use super::entry::Entry;
use super::extensions::{Extensions, Scope};
use crate::x509::{KeyIdentifier, Name, SerialNumber, SignatureAlgorithm};

/// The most bytes of a list beside its entries: its issuer, extensions and signature. A signature of RSA with 8,192 bits has one
/// kilobyte, and a distribution point a few URIs.
const MAX_BYTES_BESIDE_ENTRIES: usize = 64 * 1024;

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
        let list = CertificateList::read(der)?;
        if der.len() - list.entries.len() > MAX_BYTES_BESIDE_ENTRIES {
            return Err(CrlError::TooMany {
                what: "bytes beside its entries",
                most: MAX_BYTES_BESIDE_ENTRIES,
            });
        }
        let issuer =
            Name::from_der(list.issuer).ok_or(CrlError::Malformed("an unreadable issuer"))?;
        let offset = |part: &[u8]| offset_in(der, part).ok_or(CrlError::Malformed("no list"));
        Ok(Self {
            tbs: offset(list.signed)?,
            algorithm: list.algorithm()?,
            signature: list.signature.into(),
            extensions: Extensions::read(list.extensions)?,
            entries: Entries::read(der, offset(list.entries)?, &issuer)?,
            issuer,
            this_update: list.this_update,
            next_update: list.next_update,
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

    /// Which certificates of its issuer it covers, for people: `all certificates`, or `authorities, http://crl.example/sub.crl`.
    pub fn coverage(&self) -> String {
        match self.is_delta() {
            true => format!("changes, {}", self.extensions.scope),
            false => self.extensions.scope.to_string(),
        }
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

/// Where a part of some bytes lies in them.
fn offset_in(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (end <= whole.len()).then_some(start..end)
}

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
