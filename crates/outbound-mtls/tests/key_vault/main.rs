//! An identity in a vault of the tests' own, over TLS, read with the token of an identity endpoint of the tests' own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod refusals;
mod renewal;
mod vault;
