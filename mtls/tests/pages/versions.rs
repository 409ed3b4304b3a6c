//! What the pages say of versions is what the manifest says.

use std::fs;

use crate::book::repository;

#[test]
fn the_oldest_rust_is_the_same_everywhere() {
    let read = |name: &str| fs::read_to_string(repository().join(name)).unwrap();
    let manifest = read("Cargo.toml");
    let (_, rest) = manifest.split_once("\nrust-version = \"").unwrap();
    let (version, _) = rest.split_once('"').unwrap();
    for (file, text) in [
        ("README.md", format!("Rust ({version} or newer)")),
        ("docs/versions.md", format!("Rust {version}")),
        (
            ".github/workflows/ci.yml",
            format!("cargo +{version} check"),
        ),
    ] {
        assert!(read(file).contains(&text), "{file}: expected {text:?}");
    }
}
