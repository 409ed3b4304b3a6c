//! A certificate with its key, which the probe presents in handshakes.

use std::path::Path;

use app_settings::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::envoy_element;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::SslContextBuilder;
use openssl::x509::X509;

use super::forgeries::PublicPart;
use crate::Failure;
use crate::certificate_file::{self, Found, FoundKey};
use crate::password::Password;

/// One caller. It cannot be formatted: the key is inside.
pub(super) struct Identity {
    der: Vec<u8>,
    certificate: X509,
    chain: Vec<X509>,
    key: PKey<Private>,
}

impl Identity {
    /// Reads a file, and asks for its password where one is needed and not given.
    ///
    /// # Errors
    ///
    /// What cannot be read, or cannot be presented because the key is missing, locked or another certificate's.
    pub(super) fn read(path: &Path, password: Option<&Password>) -> Result<Self, Failure> {
        let found = certificate_file::read_with(path, password)?;
        let problem = |text: String| Problem::new(certificate_file::name_of(path), text);
        Self::of(&found).map_err(|text| problem(text).into())
    }

    /// What anybody may know of it.
    pub(super) fn public_part(&self) -> PublicPart {
        PublicPart {
            base64: STANDARD.encode(&self.der),
            element: envoy_element(&self.der),
        }
    }

    fn of(found: &Found) -> Result<Self, String> {
        let key = match &found.key {
            FoundKey::Open(key) => key.clone(),
            FoundKey::Absent => {
                return Err("expected a certificate with its private key, which the probe presents in the handshake, found no key; give the .pfx".to_owned());
            }
            FoundKey::Locked => {
                return Err(
                    "the private key is under a password; give it with the file's password option"
                        .to_owned(),
                );
            }
        };
        let certificates: Result<Vec<X509>, ErrorStack> = found
            .certificates
            .iter()
            .map(|der| X509::from_der(der))
            .collect();
        let mut certificates = certificates
            .map_err(|error| format!("OpenSSL cannot parse its certificate: {error}"))?
            .into_iter();
        let certificate = certificates.next().ok_or("it holds no certificate")?;
        if !certificate
            .public_key()
            .is_ok_and(|public| public.public_eq(&key))
        {
            return Err("expected the key of its certificate, found another key".to_owned());
        }
        Ok(Self {
            der: found.leaf().to_vec(),
            certificate,
            chain: certificates.collect(),
            key,
        })
    }

    /// Lets a connection present it, if the server asks.
    ///
    /// # Errors
    ///
    /// OpenSSL's.
    pub(super) fn present(&self, builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
        builder.set_certificate(&self.certificate)?;
        for issuer in &self.chain {
            builder.add_extra_chain_cert(issuer.clone())?;
        }
        builder.set_private_key(&self.key)
    }
}
