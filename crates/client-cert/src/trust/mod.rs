//! Authorities, and the path from an end entity's certificate to one of them.

mod authority;
mod chain;
mod constrained;
mod domain;
mod domain_note;
mod issuers;
mod issuing_key;
mod list_signer;
mod path;
mod path_error;
mod policies;
mod search;
mod signature;

pub use authority::{Anchor, AuthorityError, Intermediate};
pub use domain::{TrustDomain, TrustDomainError};
pub use domain_note::DomainNote;
pub(crate) use list_signer::Voucher;
pub use list_signer::{ListSigner, SignerError};
pub(crate) use path::Path;
pub use path_error::PathError;
pub use policies::PolicyViolation;
pub(crate) use search::paths;
