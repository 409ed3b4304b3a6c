//! An authority's list of revoked certificates (CRL; RFC 5280, section 5): complete, in DER, and continued from the list before.

use client_cert::{Crl, Name, rfc3339};
use openssl::asn1::{Asn1Integer, Asn1IntegerRef, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::x509::{
    CrlNumber, CrlStatus, X509Crl, X509CrlBuilder, X509Extension, X509Revoked, X509RevokedBuilder,
};
use rustls_pki_types::UnixTime;

use super::element::{SEQUENCE, contents, element};
use super::extension::Extension;
use super::key::signature_digest;
use super::validity::{self, Validity};

mod reason;
mod signer;

pub(crate) use reason::Reason;
use signer::AUTHORITY_KEY_IDENTIFIER;
pub(crate) use signer::Signer;

/// cRLNumber.
const NUMBER: &str = "2.5.29.20";

/// RFC 5280, section 5.2.3: a number has at most 20 octets. The first bit of the first one is the sign.
const NUMBER_BITS: i32 = 20 * 8 - 1;

/// A list in the making.
pub(crate) struct RevocationList {
    before: Option<X509Crl>,
    number: BigNum,
    added: Vec<Entry>,
}

/// A certificate that is revoked now.
struct Entry {
    serial: Asn1Integer,
    reason: Reason,
}

/// A list that is signed.
pub(crate) struct Signed {
    pub(crate) der: Vec<u8>,
    /// In decimal digits.
    pub(crate) number: String,
    /// How many certificates it lists.
    pub(crate) entries: usize,
    /// From when it is stale, in seconds since 1970.
    pub(crate) next_update: i64,
}

impl RevocationList {
    /// The first list of an authority.
    pub(crate) fn first() -> Result<Self, ErrorStack> {
        Ok(Self {
            before: None,
            number: BigNum::from_u32(1)?,
            added: Vec::new(),
        })
    }

    /// The list after one in DER or PEM, which the same authority signed.
    ///
    /// # Errors
    ///
    /// What was found instead, in words that follow "found". A list that covers only some certificates, or that completes
    /// another one, is not continued: what it says would be lost.
    pub(crate) fn after(bytes: &[u8], signer: &Signer<'_>) -> Result<Self, String> {
        let (before, read) = read(bytes)?;
        let (issuer, expected): (&Name, &Name) = (read.issuer(), signer.certificate.subject());
        if issuer != expected {
            return Err(format!("a list of {issuer}"));
        }
        if !signer.has_signed_list(&before) {
            return Err("a list that another key signed".to_owned());
        }
        if let Some(oid) = other_extension(&before)? {
            return Err(format!(
                "a list with the extension {oid}, which this command does not write"
            ));
        }
        let number = number_after(&before)
            .map_err(|error| error.to_string())?
            .ok_or("a list with the greatest number that there is")?;
        Ok(Self {
            before: Some(before),
            number,
            added: Vec::new(),
        })
    }

    /// Adds a certificate by its serial number, unless the list before has it: then it says since when.
    ///
    /// # Errors
    ///
    /// What OpenSSL cannot do for want of memory.
    pub(crate) fn revoke(
        &mut self,
        serial: &Asn1IntegerRef,
        reason: Reason,
    ) -> Result<Option<RevokedAlready>, ErrorStack> {
        let status = self.before.as_ref().map(|list| list.get_by_serial(serial));
        if let Some(CrlStatus::Revoked(entry) | CrlStatus::RemoveFromCrl(entry)) = status {
            let since = rfc3339(validity::since_1970(entry.revocation_date())?);
            return Ok(Some(RevokedAlready { since }));
        }
        let serial = serial.to_bn()?.to_asn1_integer()?;
        // Somebody may name a certificate twice.
        if self.added.iter().all(|entry| entry.serial != serial) {
            self.added.push(Entry { serial, reason });
        }
        Ok(None)
    }

    /// Signs the list. It says how things are `now`, and is stale after `days` days.
    ///
    /// # Errors
    ///
    /// What OpenSSL refuses to encode.
    pub(crate) fn sign(
        self,
        signer: &Signer<'_>,
        now: UnixTime,
        days: u32,
    ) -> Result<Signed, ErrorStack> {
        let this_update = validity::seconds(now);
        let next_update = Validity::starting(now, days).not_after;
        let issuer = &signer.issuer;
        let mut builder = X509CrlBuilder::new()?;
        builder.set_issuer_name(issuer.certificate.subject_name())?;
        builder.set_last_update(Asn1Time::from_unix(this_update)?.as_ref())?;
        builder.set_next_update(Asn1Time::from_unix(next_update)?.as_ref())?;
        builder.append_extension(signer.key_identifier()?)?;
        builder.append_extension(number_extension(&self.number)?)?;
        let before = self.before.as_ref().and_then(|list| list.get_revoked());
        for entry in before.into_iter().flatten() {
            builder.add_revoked(entry.to_owned()?)?;
        }
        for entry in &self.added {
            builder.add_revoked(entry.encode(this_update)?)?;
        }
        builder.sort()?;
        builder.sign(issuer.key, signature_digest(issuer.key))?;
        Ok(Signed {
            der: builder.build()?.to_der()?,
            number: self.number.to_dec_str()?.to_string(),
            entries: before.map_or(0, |entries| entries.len()) + self.added.len(),
            next_update,
        })
    }
}

/// A certificate that the list before has.
pub(crate) struct RevokedAlready {
    /// RFC 3339.
    pub(crate) since: String,
}

/// The list, and the same as the handler reads it.
fn read(bytes: &[u8]) -> Result<(X509Crl, Crl), String> {
    let list = match bytes.first() {
        Some(&SEQUENCE) => X509Crl::from_der(bytes),
        _ => X509Crl::from_pem(bytes),
    };
    let list = list.map_err(|_| "neither DER nor PEM of a revocation list")?;
    let der = list.to_der().map_err(|error| error.to_string())?;
    let read =
        Crl::parse(&der).map_err(|error| format!("one that the handler refuses: {error}"))?;
    Ok((list, read))
}

/// The first extension that lists of this module do not have.
fn other_extension(list: &X509Crl) -> Result<Option<String>, String> {
    const OURS: [&str; 2] = [AUTHORITY_KEY_IDENTIFIER, NUMBER];
    let der = list.to_der().map_err(|error| error.to_string())?;
    let (_, list) = x509_parser::parse_x509_crl(&der).map_err(|error| error.to_string())?;
    let mut found = list
        .extensions()
        .iter()
        .map(|extension| extension.oid.to_id_string());
    Ok(found.find(|oid| !OURS.contains(&oid.as_str())))
}

/// The number plus one; `None` where that is too long.
fn number_after(list: &X509Crl) -> Result<Option<BigNum>, ErrorStack> {
    let mut number = match list.extension::<CrlNumber>()? {
        Some((_, number)) => number.to_bn()?,
        None => BigNum::new()?,
    };
    number.add_word(1)?;
    Ok((number.num_bits() <= NUMBER_BITS).then_some(number))
}

fn number_extension(number: &BigNum) -> Result<X509Extension, ErrorStack> {
    const INTEGER: u8 = 2;
    let octets = number.to_vec();
    // A first bit that is set would say that the number is negative.
    let sign: &[u8] = match octets.first() {
        Some(0x80..) => &[0],
        _ => &[],
    };
    Extension::new(NUMBER, element(INTEGER, &[sign, &octets].concat())).encode()
}

impl Entry {
    /// The whole entry, with its reason.
    fn encode(&self, revoked_at: i64) -> Result<X509Revoked, ErrorStack> {
        let mut builder = X509RevokedBuilder::new()?;
        builder.set_serial_number(&self.serial)?;
        builder.set_revocation_date(Asn1Time::from_unix(revoked_at)?.as_ref())?;
        let entry = builder.build();
        match self.reason.code() {
            None => Ok(entry),
            Some(code) => with_reason(&entry, code),
        }
    }
}

/// The entry with a reason, which OpenSSL's builder does not add.
fn with_reason(entry: &X509Revoked, code: u8) -> Result<X509Revoked, ErrorStack> {
    const ENUMERATED: u8 = 0x0a;
    const OCTET_STRING: u8 = 4;
    /// cRLReason, 2.5.29.21, as an OBJECT IDENTIFIER.
    const REASON: [u8; 5] = [6, 3, 0x55, 0x1d, 0x15];
    let reason = element(OCTET_STRING, &element(ENUMERATED, &[code]));
    let extension = element(SEQUENCE, &[&REASON, reason.as_slice()].concat());
    let entry = entry.to_der()?;
    let fields = [contents(&entry), &element(SEQUENCE, &extension)].concat();
    X509Revoked::from_der(&element(SEQUENCE, &fields))
}
