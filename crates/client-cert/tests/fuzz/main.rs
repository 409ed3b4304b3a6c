//! Differential fuzzing: random certificates and random hierarchies, our verdict against OpenSSL's.
//!
//! Seeds are fixed, and what is random in keys and signatures changes no verdict. Each difference is explained by a named
//! rule in the file of its kind, or is a failure.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod hierarchy;
mod judges;
mod mutation;
mod random;
