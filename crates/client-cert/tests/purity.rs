//! What the core must not do: its manifest names no crate that could, and neither does its source.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

/// Words that only code with I/O, a clock, a runtime or HTTP has; and the prefixes of every setting, since names of
/// settings are the adapter's.
const FOREIGN: [&str; 13] = [
    "std::fs",
    "std::net::Tcp",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime",
    "tokio",
    "warp",
    "http::",
    "serde",
    "CLIENT_CERT",
    "OUTBOUND_",
];

#[test]
fn the_core_does_no_io_and_names_no_setting() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&core);
    assert!(files.len() > 10, "the core was looked at");
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in FOREIGN {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

/// Every file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}
