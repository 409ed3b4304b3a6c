//! The facts of a certificate, read from its DER encoding (RFC 5280). Nothing here is verified.

mod certificate;
mod extensions;
mod name;
mod public_key;
mod thumbprint;
mod validity;

pub use certificate::{Certificate, CertificateError};
pub use extensions::{
    BasicConstraints, ExtendedKeyUsage, ExtensionError, Extensions, KeyUsage, NameConstraints,
    SubjectAlternativeName,
};
pub use name::{CommonName, Name};
pub use public_key::PublicKey;
pub use thumbprint::{Thumbprint, ThumbprintError};
pub(crate) use validity::seconds;
pub use validity::{Validity, rfc3339};
