//! Our identity, from the file to the wire: what loads and what is refused, and calls to real servers that demand
//! a certificate, in this process and over real sockets.
#![cfg(feature = "outbound")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it skips"
)]

#[cfg(feature = "dev")]
mod call_command;
mod calls;
mod certificates;
#[cfg(feature = "server")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(feature = "server")]
mod function;
mod loader;
mod partner;
mod pfx;
mod refusals;
mod renewal;
mod rig;
