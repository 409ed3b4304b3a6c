//! A new certificate with its key, and the files that it becomes.

use app_settings::Problem;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::names::common_name;
use crate::Failure;
use crate::certificate_file::{Format, Found, FoundKey};
use crate::password::Password;
use crate::pfx::{self, Archive, Form};

/// What was made.
pub(super) struct Made {
    pub(super) key: PKey<Private>,
    pub(super) certificate: X509,
    /// The issuers, nearest first.
    pub(super) chain: Vec<X509>,
}

impl Made {
    /// The PKCS#12 file with all of it.
    ///
    /// # Errors
    ///
    /// A password with NUL, and what OpenSSL refuses.
    pub(super) fn archive(
        &self,
        name: &str,
        form: Form,
        password: &Password,
    ) -> Result<Zeroizing<Vec<u8>>, Failure> {
        if password.expose().contains('\0') {
            return Err(Failure::from(Problem::new(
                "password",
                pfx::NUL_IN_PASSWORD,
            )));
        }
        let archive = Archive {
            friendly_name: name,
            key: &self.key,
            certificate: &self.certificate,
            chain: &self.chain,
        };
        pfx::write(&archive, form, password.expose()).map_err(not_made)
    }

    /// The certificate and its issuers in PEM, without the key.
    pub(super) fn pem(&self) -> Result<Vec<u8>, ErrorStack> {
        let all = std::iter::once(&self.certificate).chain(&self.chain);
        all.map(|certificate| certificate.to_pem())
            .collect::<Result<Vec<_>, _>>()
            .map(|all| all.concat())
    }

    /// What reading the new file would find.
    pub(super) fn found(self, form: Form) -> Result<Found, ErrorStack> {
        let all = std::iter::once(&self.certificate).chain(&self.chain);
        Ok(Found {
            format: Format::pkcs12(form == Form::Legacy),
            certificates: all
                .map(|certificate| certificate.to_der())
                .collect::<Result<_, _>>()?,
            key: FoundKey::Open(self.key),
            friendly_name: common_name(self.certificate.subject_name()),
        })
    }
}

/// A failure of the library itself, such as no randomness.
pub(super) fn not_made(error: ErrorStack) -> Failure {
    Failure::No(format!("OpenSSL could not make the certificate: {error}"))
}
