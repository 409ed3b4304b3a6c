//! Who signs: an authority's certificate and key, out of a file.

use std::path::Path;

use app_settings::Problem;
use clap::Args;
use client_cert::Certificate;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::issue::Issuer;
use crate::Failure;
use crate::certificate_file::{self, Found, FoundKey};
use crate::password::{self, Password};

/// `--issuer-password` and `--issuer-password-env`, for a command that has `--issuer`.
#[derive(Args)]
pub(super) struct IssuerPassword {
    /// The password of the authority's file
    #[arg(
        long,
        value_name = "TEXT",
        requires = "issuer",
        conflicts_with = "issuer_password_env"
    )]
    issuer_password: Option<Password>,

    /// The environment variable that holds the password of the authority's file
    #[arg(long, value_name = "NAME", requires = "issuer")]
    issuer_password_env: Option<String>,
}

/// An authority's file, opened.
pub(super) struct Authority {
    key: PKey<Private>,
    /// Its own first.
    pub(super) certificates: Vec<X509>,
}

impl Authority {
    /// Opens the file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and one without an authority that can sign; each by its name.
    pub(super) fn read(path: &Path, password: &IssuerPassword) -> Result<Self, Failure> {
        let given = password::resolve(
            password.issuer_password.as_ref(),
            password.issuer_password_env.as_deref(),
        )?;
        let found = certificate_file::read_with(path, given.as_ref())?;
        Self::of(found).map_err(|found| {
            let text = format!(
                "expected an authority that can sign (mtls certificate new --ca makes one), found {found}"
            );
            Failure::from(Problem::new(path.display().to_string(), text))
        })
    }

    /// An authority that can sign; the error is what was found instead.
    fn of(found: Found) -> Result<Self, &'static str> {
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
