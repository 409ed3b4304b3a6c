//! What is odd about an identity that loads.

use std::fmt;

use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What is odd about a file or certificate that loads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The PKCS#12 file has no integrity check: a change of it goes unnoticed.
    NoIntegrityCheck,
    /// The certificate is not self-signed and the file contains no intermediate; a server that knows only the root
    /// refuses it. Right if the root itself signed the certificate.
    NoIntermediates,
    /// The certificate's extended key usage lacks id-kp-clientAuth (RFC 5280, section 4.2.1.12): it is for servers, or
    /// for something else. Servers that check this refuse it.
    NotForClients,
    /// The certificate's key usage lacks digitalSignature (RFC 5280, section 4.2.1.3), which proves possession of the
    /// key in TLS 1.3. Servers that check this refuse it.
    NotForSignatures,
}

impl Warning {
    /// The warnings about what a certificate may be used for. One that cannot be parsed has none here.
    pub(super) fn of_usage(der: &[u8]) -> Vec<Self> {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            return Vec::new();
        };
        let mut warnings = Vec::new();
        if let Ok(Some(usage)) = certificate.extended_key_usage()
            && !usage.value.client_auth
        {
            warnings.push(Self::NotForClients);
        }
        if let Ok(Some(usage)) = certificate.key_usage()
            && !usage.value.digital_signature()
        {
            warnings.push(Self::NotForSignatures);
        }
        warnings
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoIntegrityCheck => "the file has no integrity check",
            Self::NoIntermediates => {
                "the certificate is not self-signed and the file contains no intermediate"
            }
            Self::NotForClients => {
                "the certificate is not for clients: its extended key usage lacks clientAuth, and many servers refuse it"
            }
            Self::NotForSignatures => {
                "the certificate is not for signatures: its key usage lacks digitalSignature, and many servers refuse it"
            }
        })
    }
}
