//! The facts of a certificate, read from its DER encoding (RFC 5280). Nothing here is verified.

mod alternative_name;
mod attribute;
mod certificate;
mod der;
mod distribution_point;
mod extensions;
mod key_identifier;
mod name;
mod name_constraints;
mod oid;
mod public_key;
mod public_key_hash;
mod serial;
mod thumbprint;
mod usage;
mod validity;

pub use alternative_name::SubjectAlternativeName;
pub use certificate::{Certificate, CertificateError};
pub use distribution_point::{DistributionPoint, DistributionPointName, PointName, ReasonFlags};
pub use extensions::{BasicConstraints, ExtensionError, Extensions};
pub use key_identifier::KeyIdentifier;
pub use name::{CommonName, Name};
pub use name_constraints::NameConstraints;
pub use public_key::{KeyFault, PublicKey};
pub use public_key_hash::{PublicKeyHash, PublicKeyHashError};
pub use serial::{SerialNumber, SerialNumberError};
pub use thumbprint::{Thumbprint, ThumbprintError};
pub use usage::{ExtendedKeyUsage, KeyUsage};
pub(crate) use validity::seconds;
pub use validity::{EXPIRY_WARNING_DAYS, Validity, rfc3339};
