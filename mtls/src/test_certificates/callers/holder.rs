//! A key with its certificate.

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509VerifyResult};
use rustls_pki_types::UnixTime;
use zeroize::Zeroizing;

use crate::certificate::issue::{Issuer, Template, issued, self_signed};
use crate::certificate::key::KeyKind;
use crate::certificate::validity::Validity;
use crate::test_certificates::RENEWED_BEFORE_DAYS;

/// Who holds a key, and what says so.
pub(super) struct Holder {
    pub(super) key: PKey<Private>,
    pub(super) certificate: X509,
}

impl Holder {
    /// A holder whose own key signs.
    pub(super) fn self_signed(template: &Template) -> Result<Self, ErrorStack> {
        let key = KeyKind::P256.generate()?;
        Ok(Self {
            certificate: self_signed(template, &key)?,
            key,
        })
    }

    /// A holder that this authority certifies.
    pub(super) fn certify(&self, template: &Template) -> Result<Self, ErrorStack> {
        let key = KeyKind::P256.generate()?;
        Ok(Self {
            certificate: issued(template, &key, &self.issuer())?,
            key,
        })
    }

    /// The authority, to sign with.
    pub(super) fn issuer(&self) -> Issuer<'_> {
        Issuer {
            certificate: &self.certificate,
            key: &self.key,
        }
    }

    /// What [`Holder::pem`] wrote; `None` for anything else.
    pub(super) fn read(pem: &[u8]) -> Option<Self> {
        Some(Self {
            key: PKey::private_key_from_pem_passphrase(pem, b"").ok()?,
            certificate: X509::from_pem(pem).ok()?,
        })
    }

    /// The key, its certificate and those of its issuers, nearest first: what `--issuer` takes.
    pub(super) fn pem(&self, issuers: &[&Self]) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let mut pem = Zeroizing::new(self.key.private_key_to_pem_pkcs8()?);
        for holder in [&[self], issuers].concat() {
            pem.extend(holder.certificate.to_pem()?);
        }
        Ok(pem)
    }

    /// Whether the key is the certificate's, the authority issued the certificate, and it lasts for a day.
    pub(super) fn fault(&self, issuer: &Self, now: UnixTime) -> Option<Fault> {
        let certificate = &self.certificate;
        let keyed = certificate
            .public_key()
            .is_ok_and(|public| public.public_eq(&self.key));
        let signed = issuer.certificate.issued(certificate) == X509VerifyResult::OK
            && certificate.verify(&issuer.key).unwrap_or(false);
        let lasts = Validity::of(certificate)
            .is_ok_and(|validity| validity.lasts(now, RENEWED_BEFORE_DAYS));
        match (keyed && signed, lasts) {
            (false, _) => Some(Fault::Disagreed),
            (true, false) => Some(Fault::Expired),
            (true, true) => None,
        }
    }
}

/// Why a holder is of no use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    Disagreed,
    Expired,
}
