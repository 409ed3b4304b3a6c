//! This app, started by its own handler.

use std::path::PathBuf;

use test_support::process::Program;

/// This app.
pub fn app() -> Program {
    Program {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_handler")),
        folder: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    }
}
