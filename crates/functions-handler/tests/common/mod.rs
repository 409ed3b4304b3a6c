//! The fixture app, and the server in this process.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each test file uses its own part"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod server;

pub use test_support::*;

use test_support::process::Program;

/// The app in `tests/fixture-app`.
pub fn fixture() -> Program {
    Program::fixture()
}
