//! The pages of the book: each has its place in it, each link leads to one, and each command of theirs is run as it is written, in an app of
//! its own, over real mutual TLS, or says what it needs.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking; the parts of the local stack's tests are used in part"
)]
#![cfg(target_os = "linux")] // where the gate runs, and `sh` has the tools that pages call

#[path = "../local/caller.rs"]
mod caller;
#[path = "../local/running.rs"]
mod running;

mod app;
mod block;
mod book;
mod built;
mod command;
mod reasons;
mod versions;
mod walk;
