//! The kinds of text in a document.

mod condition;
mod digest;
mod file;
mod instant;
mod name;

pub use condition::{CommonName, Dns, Ip, Mail, Oid, Subject, Uri, UserPrincipalName};
pub use digest::{DerHex, Serial, Sha1, Sha256, Spki};
pub use file::{CrlSource, CrlSourceKind, File};
pub use instant::Instant;
pub(in crate::document) use name::PATTERN as NAME_PATTERN;
pub use name::{CallerKind, DomainKind, RoleKind};
