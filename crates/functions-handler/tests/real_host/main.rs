//! What the real Functions host sends to a custom handler, and what becomes of it here.
//!
//! `HOST_RECORDINGS=<folder> cargo test --release --package functions-handler --test real_host` sends every recorded
//! request again. The other tests make their input themselves, by what the recordings show.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod fixture;
mod meant;
mod otherwise;
mod replay;
mod security;
