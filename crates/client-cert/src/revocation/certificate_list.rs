//! `CertificateList` (RFC 5280, section 5.1), taken apart: nothing is read that can be long.

use x509_parser::asn1_rs::{FromDer as _, Tag};
use x509_parser::x509::AlgorithmIdentifier;

use super::crl_error::CrlError;
use super::time::instant;
use crate::x509::SignatureAlgorithm;
use crate::x509::der::{Element, first};

/// A list and its signature.
pub(super) struct CertificateList<'a> {
    /// What is signed: the encoding of `TBSCertList`.
    pub(super) signed: &'a [u8],
    algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
    /// The encoding of the issuer's name.
    pub(super) issuer: &'a [u8],
    pub(super) this_update: i64,
    pub(super) next_update: i64,
    /// The content of `revokedCertificates`; empty if there is none.
    pub(super) entries: &'a [u8],
    /// The encoding of `Extensions`; `None` if there are none.
    pub(super) extensions: Option<&'a [u8]>,
}

const MALFORMED: CrlError = CrlError::Malformed("fields that are not those of a list");

impl<'a> CertificateList<'a> {
    /// Takes exactly the given bytes apart.
    pub(super) fn read(der: &'a [u8]) -> Result<Self, CrlError> {
        let mut list = Fields(der);
        let mut parts = Fields(list.next(is_sequence, "not one DER sequence")?.content());
        const NOT_THREE: &str = "not a list, an algorithm and a signature";
        let tbs = parts.next(is_sequence, NOT_THREE)?;
        let algorithm = parts.next(is_sequence, NOT_THREE)?.raw;
        let signature = parts.next(|part| part.is(Tag::BitString), NOT_THREE)?;
        if !(list.0.is_empty() && parts.0.is_empty()) {
            return Err(CrlError::Malformed(NOT_THREE));
        }
        let signature = bits(&signature).ok_or(CrlError::Malformed("no signature"))?;
        let list = Self::of(&tbs, algorithm, signature)?;
        Ok(list)
    }

    fn of(tbs: &Element<'a>, algorithm: &'a [u8], signature: &'a [u8]) -> Result<Self, CrlError> {
        let mut fields = Fields(tbs.content());
        // Version 1 has no version field; version 2 is encoded as 1.
        let version = fields.next_if(|field| field.is(Tag::Integer))?;
        if version.is_some_and(|version| version.content() != [1]) {
            return Err(CrlError::Malformed("another version than 1 or 2"));
        }
        if fields.next_if(is_sequence)?.ok_or(MALFORMED)?.raw != algorithm {
            return Err(CrlError::Malformed("two different signature algorithms"));
        }
        let issuer = fields.next_if(is_sequence)?.ok_or(MALFORMED)?.raw;
        let this_update = fields.next_if(is_time)?.ok_or(MALFORMED)?;
        let next_update = fields.next_if(is_time)?.ok_or(CrlError::NoNextUpdate)?;
        let entries = fields.next_if(is_sequence)?;
        let extensions = fields.next_if(|field| field.is_context(0))?;
        if !fields.0.is_empty() {
            return Err(MALFORMED);
        }
        Ok(Self {
            signed: tbs.raw,
            algorithm,
            signature,
            issuer,
            this_update: instant(&this_update).ok_or(MALFORMED)?,
            next_update: instant(&next_update).ok_or(MALFORMED)?,
            entries: match entries {
                Some(entries) => entries.content(),
                None => tbs.content().get(..0).unwrap_or_default(),
            },
            extensions: extensions.map(|extensions| extensions.content()),
        })
    }

    /// The algorithm of the signature.
    pub(super) fn algorithm(&self) -> Result<SignatureAlgorithm, CrlError> {
        match AlgorithmIdentifier::from_der(self.algorithm) {
            Ok(([], identifier)) => Ok(SignatureAlgorithm::new(&identifier)),
            _ => Err(CrlError::Malformed("an unreadable signature algorithm")),
        }
    }
}

fn is_sequence(field: &Element<'_>) -> bool {
    field.is(Tag::Sequence)
}

fn is_time(field: &Element<'_>) -> bool {
    field.is(Tag::UtcTime) || field.is(Tag::GeneralizedTime)
}

/// Elements that are taken one after the other, each only if it is what is expected: however many there are, no more are read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(
        &mut self,
        is_expected: impl FnOnce(&Element<'a>) -> bool,
        otherwise: &'static str,
    ) -> Result<Element<'a>, CrlError> {
        let next = self.next_if(is_expected);
        next.ok().flatten().ok_or(CrlError::Malformed(otherwise))
    }

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

/// The octets of a bit string without unused bits.
fn bits<'a>(element: &Element<'a>) -> Option<&'a [u8]> {
    let (unused, octets) = element.content().split_first()?;
    (*unused == 0).then_some(octets)
}
