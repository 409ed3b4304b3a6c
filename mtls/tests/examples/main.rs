//! Servers in other languages behind the gate: the examples as their readers start and call them, and the shapes of the Functions
//! documentation. Real `mtls local`, real mutual TLS, the real gate, real servers.
#![cfg(target_os = "linux")] // where the gate runs
#![allow(
    clippy::expect_used,
    clippy::exit,
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
#[path = "../local/handler.rs"]
mod handler;
#[path = "../local/project.rs"]
mod project;
#[path = "../local/running.rs"]
mod running;

mod example;
mod flask;
mod frameworks;
mod killed;
mod locks;
mod mcp_python;
mod node;
mod processes;
mod quickstart;
mod readme;
