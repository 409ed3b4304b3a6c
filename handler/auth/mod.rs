//! The pure core: header values, policy and an instant in, a decision out.

mod thumbprint;

pub use thumbprint::{Thumbprint, ThumbprintError};
