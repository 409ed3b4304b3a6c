//! Our identity, from the file to the wire: what loads and what is refused, and calls to real servers that demand
//! a certificate, in this process and over real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says when it skips"
)]

mod calls;
mod cost;
mod given;
mod loader;
mod matrix;
mod pem_forms;
mod refusals;
mod renewal;
mod rig;
mod setting_names;
