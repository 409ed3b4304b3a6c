//! A remote document in Azurite, the emulator of Azure Blob Storage, over HTTPS and the whole way of a managed identity.
//!
//! Azurite looks at a token's audience, issuer and times, and at a shared access signature. It knows no roles, so that no access
//! rule is tested here.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod emulator;
mod signature;
mod token;
mod walk;

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The folder with `package.json`.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/azurite");

#[test]
fn no_address_of_a_registry_and_exactly_one_version_of_azurite_are_in_the_project() {
    let read = |name: &str| fs::read_to_string(Path::new(FOLDER).join(name)).unwrap();
    let lock = read("package-lock.json");
    assert!(!lock.contains("\"resolved\""));
    let package: Value = serde_json::from_str(&read("package.json")).unwrap();
    let lock: Value = serde_json::from_str(&lock).unwrap();
    assert_eq!(
        package["devDependencies"]["azurite"],
        lock["packages"]["node_modules/azurite"]["version"]
    );
}
