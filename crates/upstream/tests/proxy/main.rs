//! The proxy between a caller and an upstream, both written by hand, on real sockets.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod answering;
mod expecting;
mod failing;
mod leaving;
#[cfg(target_os = "linux")]
mod memory;
mod passing;
mod quiet;
mod relaying;
mod repeating;
mod stage;
