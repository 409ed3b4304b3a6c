//! The tool as a command, and the app that it is tried on.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each test file uses its own part"
)]

use std::path::Path;

pub use test_support::*;

use test_support::command::Answer;
use test_support::process::Program;

/// The app of the engine's tests.
pub fn fixture() -> Program {
    Program::fixture()
}

/// Runs `mtls` in a folder, with nothing in its environment but what a test gives it.
pub fn mtls(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Answer {
    mtls_with_input(folder, settings, arguments, b"")
}

/// The same with bytes on standard input.
pub fn mtls_with_input(
    folder: &Path,
    settings: &[(&str, &str)],
    arguments: &[&str],
    input: &[u8],
) -> Answer {
    test_support::command::run(
        env!("CARGO_BIN_EXE_mtls"),
        folder,
        settings,
        arguments,
        input,
    )
}
