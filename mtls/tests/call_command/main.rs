//! `mtls call` and `mtls certificate show --as-identity`, as people and programs run them.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says what it skips"
)]

mod as_identity;
mod desk;
mod exchange;
mod mistakes;
mod odd_servers;
mod refusals;
mod renegotiation;
