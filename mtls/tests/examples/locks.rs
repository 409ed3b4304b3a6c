//! What the examples install is fixed to the byte, and comes from whatever registry is configured.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::example::original;

#[test]
fn every_python_package_has_its_version_and_hashes_and_no_address() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples/frameworks");
    for folder in [original("flask"), original("mcp-python"), tests] {
        let name = folder.display();
        let text = fs::read_to_string(folder.join("requirements.txt")).unwrap();
        assert!(!text.contains("://"), "{name}");
        let joined = text.replace("\\\n", "");
        let packages: Vec<&str> = joined.lines().filter(|line| !is_comment(line)).collect();
        assert!(!packages.is_empty(), "{name}");
        for package in packages {
            assert!(
                package.contains("==") && package.contains("--hash=sha256:"),
                "{name}: {package}"
            );
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#') || line.trim().is_empty()
}

#[test]
fn every_npm_package_has_its_version_and_hash_and_no_address() {
    let text = fs::read_to_string(original("node").join("package-lock.json")).unwrap();
    let lock: Value = serde_json::from_str(&text).unwrap();
    for (name, package) in lock["packages"].as_object().unwrap() {
        let is_own = name.is_empty();
        assert!(is_own || package["integrity"].is_string(), "{name}");
        assert!(package["resolved"].is_null(), "{name}");
    }
}
