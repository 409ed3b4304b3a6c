//! Connections to the upstream.

mod connections;
mod lease;
mod stream;

pub(crate) use connections::Pool;
pub(crate) use lease::{Lease, Unanswered};
