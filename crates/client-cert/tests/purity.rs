//! What the core must not do: its manifest names no crate that could, and neither does its source.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

#[test]
fn the_core_does_no_io() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = 0;
    for entry in std::fs::read_dir(core).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for word in [
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
        ] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
        files += 1;
    }
    assert!(files > 10, "the core was looked at");
}
