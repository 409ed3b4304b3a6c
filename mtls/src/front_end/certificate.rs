//! The certificate that a caller presented in the handshake.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use client_cert::Thumbprint;
use openssl::nid::Nid;
use openssl::x509::X509Ref;

/// A certificate whose key the caller holds, which is all that is known about it.
pub(crate) struct Presented {
    /// The header's value: base64 of the DER encoding, one line.
    pub(crate) base64: String,
    /// What the certificate calls its holder; untrusted text.
    pub(crate) name: String,
    /// SHA-256 of the DER encoding.
    pub(crate) thumbprint: Thumbprint,
}

impl Presented {
    /// Takes the end entity's certificate; the chain is left out, as App Service leaves it out.
    ///
    /// # Errors
    ///
    /// OpenSSL's, where it cannot encode what it has parsed.
    pub(crate) fn of(certificate: &X509Ref) -> Result<Self, openssl::error::ErrorStack> {
        let der = certificate.to_der()?;
        let thumbprint = Thumbprint::sha256_of(&der);
        Ok(Self {
            base64: STANDARD.encode(&der),
            name: name(certificate).unwrap_or_else(|| thumbprint.hex().chars().take(16).collect()),
            thumbprint,
        })
    }
}

/// The last common name of the subject.
fn name(certificate: &X509Ref) -> Option<String> {
    let names = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
    names.last()?.data().to_string().ok()
}
