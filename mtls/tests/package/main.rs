//! `mtls package`: what is in the zip, and what is refused before anything is written.
#![cfg(unix)] // where files have an execute bit
#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "mtls check has more to break")]
#[path = "../check/app.rs"]
mod app;
#[path = "../common/mod.rs"]
mod common;
mod packing;
mod programs;
mod refusals;
mod zip_file;
