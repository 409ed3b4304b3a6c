//! Who signs: an authority's certificate and key, out of a file.

use client_cert::Certificate;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::issue::Issuer;
use crate::certificate_file::{Found, FoundKey};

/// An authority's file, opened.
pub(super) struct Authority {
    key: PKey<Private>,
    /// Its own first.
    pub(super) certificates: Vec<X509>,
}

impl Authority {
    /// An authority that can sign; the error is what was found instead.
    pub(super) fn of(found: Found) -> Result<Self, &'static str> {
        let key = match found.key {
            FoundKey::Open(key) => key,
            FoundKey::Absent => return Err("a certificate without its key"),
            FoundKey::Locked => {
                return Err(
                    "a key with a password; give --issuer-password or --issuer-password-env",
                );
            }
        };
        let certificates: Vec<X509> = found
            .certificates
            .iter()
            .map(|der| X509::from_der(der))
            .collect::<Result<_, _>>()
            .map_err(|_| "a certificate that cannot be parsed")?;
        let Some(own) = certificates.first() else {
            return Err("no certificate");
        };
        if !own.public_key().is_ok_and(|public| public.public_eq(&key)) {
            return Err("a key that belongs to no certificate in the file");
        }
        if !is_authority(&found.certificates) {
            return Err("the certificate of an end entity (no CA:TRUE)");
        }
        Ok(Self { key, certificates })
    }

    /// Who signs; the file holds one certificate at least.
    pub(super) fn issuer(&self) -> Option<Issuer<'_>> {
        self.certificates.first().map(|certificate| Issuer {
            certificate,
            key: &self.key,
        })
    }
}

fn is_authority(certificates: &[Vec<u8>]) -> bool {
    certificates
        .first()
        .and_then(|der| Certificate::parse(der).ok())
        .is_some_and(|certificate| certificate.extensions().is_ca())
}
