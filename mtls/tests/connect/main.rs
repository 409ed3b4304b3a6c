//! `mtls connect` between clients and apps that write bytes, over real TLS with client certificates.

#![cfg(unix)]
#![allow(
    clippy::exit,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking; the parts of the local stack's tests are used in part"
)]

#[path = "../local/caller.rs"]
mod caller;
mod certificate;
mod door;
#[path = "../local/handler.rs"]
mod handler;
mod life;
mod local;
mod mcp;
mod passing;
mod peer;
#[path = "../local/project.rs"]
mod project;
#[path = "../local/running.rs"]
mod running;
mod stage;
mod trouble;
