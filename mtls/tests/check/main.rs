//! `mtls check`: every kind of finding, and what is in order.
#![cfg(unix)] // where files have an execute bit
#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod app;
#[path = "../common/mod.rs"]
mod common;
mod kinds;
mod reports;
