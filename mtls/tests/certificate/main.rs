//! `mtls certificate` as people run it: exit codes, files and their rights, every form that can be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test fails by panicking, and says aloud what it skips"
)]

mod folder;
mod issuer;
mod new;
mod partner;
mod password;
mod revoke;
mod revoke_refused;
mod show;
