//! What a TLS connection shows to somebody who sees its records.

pub(crate) mod records;
mod renegotiation;

pub(crate) use renegotiation::{ContentTypes, Renegotiation};
