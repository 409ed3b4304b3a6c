//! The encodings in which a revocation list is published.

use std::fmt;

use client_cert::{Crl, CrlError};
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject as _;

/// One list, DER or PEM (RFC 5280, section 5; RFC 7468, section 6).
pub(crate) fn parse(bytes: &[u8]) -> Result<Crl, NoList> {
    let der = match bytes.starts_with(b"\x30") {
        true => bytes.to_vec(),
        false => CertificateRevocationListDer::from_pem_slice(bytes)
            .map_err(|_| NoList::OtherFormat)?
            .to_vec(),
    };
    Crl::parse(&der).map_err(NoList::Crl)
}

/// Why bytes are not a revocation list that can be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NoList {
    /// DER that is no list, or one that says nothing.
    Crl(CrlError),
    /// Neither DER nor PEM: HTML, for example.
    OtherFormat,
}

impl fmt::Display for NoList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crl(error) => error.fmt(f),
            Self::OtherFormat => f.write_str(
                "expected a revocation list, found neither DER nor a PEM section X509 CRL",
            ),
        }
    }
}

impl std::error::Error for NoList {}
