//! `mtls explain` as people run it, and beside the handler that it speaks for.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test fails by panicking; its parts are in files"
)]

#[path = "../common/mod.rs"]
mod common;

mod agreement;
mod anchors;
mod checks;
mod document;
mod forms;
mod kinds;
mod odd_certificates;
mod project;
mod settings;
