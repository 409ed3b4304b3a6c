//! Revocation lists at URLs, over real sockets: what servers answer, and what becomes of the list.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod kept;
mod place;
mod server;
