//! Authorities, and the path from a caller's certificate to one of them.

mod authority;
mod path;

pub use authority::{Anchor, AuthorityError, Intermediate};
pub use path::{PathError, Trust};
