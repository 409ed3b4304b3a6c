//! Authorities, and the path from an end entity's certificate to one of them.

mod authority;
mod domain;
mod limits;
mod path;

pub use authority::{Anchor, AuthorityError, Intermediate};
pub use domain::{TrustDomain, TrustDomainError};
pub use path::PathError;
pub(crate) use path::{Path, verify};
