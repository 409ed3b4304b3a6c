//! `mtls policy` as people run it.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test fails by panicking; its parts are in files"
)]

#[path = "../common/mod.rs"]
mod common;

mod add;
mod check;
mod conditions;
mod convert;
mod diff;
mod folder;
mod lists;
mod show;
