//! From a document and files on a disk to a policy that decides.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod decisions;
mod files;
mod lists;
mod place;
