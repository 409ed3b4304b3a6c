//! Connections to the upstream.

mod connections;
mod dial;
mod lease;
mod stream;

pub(crate) use connections::Pool;
pub(crate) use lease::{Lease, Unanswered};
