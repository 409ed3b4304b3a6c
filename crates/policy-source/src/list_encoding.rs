//! The encodings in which a revocation list is published.

use std::borrow::Cow;
use std::fmt;

#[cfg(feature = "remote")]
use client_cert::Crl;
use client_cert::CrlError;
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject as _;

/// One list, DER or PEM (RFC 5280, section 5; RFC 7468, section 6).
#[cfg(feature = "remote")]
pub(crate) fn parse(bytes: &[u8]) -> Result<Crl, NoList> {
    Crl::parse(&der(bytes)?).map_err(NoList::Crl)
}

/// The DER encoding of a list in DER or PEM. Whether it is a list is not looked at.
pub(crate) fn der(bytes: &[u8]) -> Result<Cow<'_, [u8]>, NoList> {
    if bytes.starts_with(b"\x30") {
        return Ok(Cow::Borrowed(bytes));
    }
    let list = CertificateRevocationListDer::from_pem_slice(bytes);
    let list = list.map_err(|_| NoList::OtherFormat)?;
    Ok(Cow::Owned(list.to_vec()))
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
