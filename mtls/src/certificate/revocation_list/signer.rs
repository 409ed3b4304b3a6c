//! Who signs a revocation list.

use client_cert::Certificate;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::x509::{X509CrlRef, X509Extension, X509Ref};

use crate::certificate::element::{SEQUENCE, element};
use crate::certificate::extension::Extension;
use crate::certificate::issue::Issuer;

/// authorityKeyIdentifier.
pub(super) const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";

/// An authority that may sign lists.
pub(crate) struct Signer<'a> {
    pub(super) issuer: Issuer<'a>,
    /// The same certificate, as the handler reads it.
    pub(crate) certificate: Certificate,
}

impl<'a> Signer<'a> {
    /// The authority, if keyUsage lets it sign lists (RFC 5280, section 6.3.3, step f).
    ///
    /// # Errors
    ///
    /// What was found instead.
    pub(crate) fn of(issuer: Issuer<'a>) -> Result<Self, String> {
        let der = issuer
            .certificate
            .to_der()
            .map_err(|error| error.to_string())?;
        let certificate = Certificate::parse(&der).map_err(|error| error.to_string())?;
        match certificate.extensions().key_usage {
            Some(usage) if !usage.crl_sign() => Err(format!(
                "{}, whose keyUsage lacks cRLSign",
                certificate.subject()
            )),
            _ => Ok(Self {
                issuer,
                certificate,
            }),
        }
    }

    /// Whether the authority's key made the signature of a certificate.
    pub(crate) fn has_signed(&self, certificate: &X509Ref) -> bool {
        certificate.verify(self.issuer.key).unwrap_or(false)
    }

    /// Whether the authority's key made the signature of a list.
    pub(super) fn has_signed_list(&self, list: &X509CrlRef) -> bool {
        list.verify(self.issuer.key).unwrap_or(false)
    }

    /// The extension by which readers find the key (RFC 5280, section 5.2.1).
    pub(super) fn key_identifier(&self) -> Result<X509Extension, ErrorStack> {
        const KEY_IDENTIFIER: u8 = 0x80;
        let identifier = match &self.certificate.extensions().subject_key_identifier {
            Some(identifier) => identifier.0.to_vec(),
            // The authority has none. RFC 5280, section 4.2.1.2, lets it be any digest of the key.
            None => hash(
                MessageDigest::sha1(),
                self.certificate.subject_public_key_info(),
            )?
            .to_vec(),
        };
        let value = element(SEQUENCE, &element(KEY_IDENTIFIER, &identifier));
        Extension::new(AUTHORITY_KEY_IDENTIFIER, value).encode()
    }
}
