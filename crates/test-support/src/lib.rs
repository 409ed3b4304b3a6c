//! What the tests of several crates share: certificates by role, a handler's process, a partner that demands a
//! certificate.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::new_without_default,
    clippy::must_use_candidate,
    reason = "a test fails by panicking, and its parts are named by what they are"
)]

mod certificates;
pub mod command;
pub mod crl;
pub mod derived;
pub mod hierarchy;
pub mod host_recordings;
pub mod identity_endpoint;
pub mod memory;
pub mod name_server;
pub mod partner;
pub mod pfx;
pub mod process;
pub mod secret;
mod skip;
mod within;

pub use certificates::*;
pub use skip::skipped;
pub use within::within;
