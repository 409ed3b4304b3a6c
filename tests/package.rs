//! What is shipped: the package that is deployed, and what the deployed binary is made of.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use ignore::gitignore::GitignoreBuilder;

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// What `func azure functionapp publish` leaves out whatever `.funcignore` says.
const ALWAYS_LEFT_OUT: [&str; 6] = [
    ".git",
    ".vscode",
    ".funcignore",
    ".gitignore",
    "local.settings.json",
    "project.lock.json",
];

#[test]
fn the_package_holds_host_json_the_functions_and_the_binary() {
    let mut builder = GitignoreBuilder::new(PROJECT);
    assert!(
        builder
            .add(Path::new(PROJECT).join(".funcignore"))
            .is_none()
    );
    let ignored = builder.build().unwrap();
    // The files under version control, and the binary that `mtls build` adds to them.
    let files = Command::new("git")
        .args(["ls-files"])
        .current_dir(PROJECT)
        .output()
        .unwrap();
    let files = String::from_utf8(files.stdout).unwrap();
    let shipped: BTreeSet<&str> = files
        .lines()
        .chain([
            "bin/handler",
            "certs/allowed.pfx",
            "target/release/handler",
            "local.settings.json",
            "partner.pfx",
            "partner.key",
            ".env",
            "nohup.out",
            "trust/partner.key",
            "trust/partner-ca.pem",
            "trust/policy.json",
            "mtls/tests/postman/node_modules/newman/package.json",
            "PublicFunction/node_modules/newman/package.json",
        ])
        .filter(|file| {
            !ALWAYS_LEFT_OUT
                .iter()
                .any(|left| Path::new(file).starts_with(left))
        })
        .filter(|file| !ignored.matched_path_or_any_parents(file, false).is_ignore())
        .collect();
    let expected: BTreeSet<&str> = files
        .lines()
        .filter(|file| file.ends_with("/function.json") && file.matches('/').count() == 1)
        .chain([
            "host.json",
            "bin/handler",
            "trust/partner-ca.pem",
            "trust/policy.json",
        ])
        .collect();
    assert_eq!(shipped, expected);
}

#[test]
fn the_deployed_binary_has_no_part_of_the_developer_tool_and_one_tls_stack() {
    let cargo = std::env::var_os("CARGO").unwrap();
    let tree = Command::new(cargo)
        .args(["tree", "--locked", "--offline", "--package", "handler"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(PROJECT)
        .output()
        .unwrap();
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    for wanted in [
        "warp",
        "hyper",
        "native-tls",
        "openssl",
        "ring",
        "x509-parser",
    ] {
        assert!(
            crates.contains(wanted),
            "expected {wanted}, found {crates:?}"
        );
    }
    for unwanted in [
        "rustls",
        "tokio-rustls",
        "aws-lc-rs",
        "clap",
        "tokio-openssl",
        "rcgen",
        "rpassword",
    ] {
        assert!(!crates.contains(unwanted), "expected no {unwanted}");
    }
}

#[test]
fn the_host_starts_what_the_package_holds() {
    let text = std::fs::read(Path::new(PROJECT).join("host.json")).unwrap();
    let host = functions_handler::host::HostJson::parse(&text, std::iter::empty()).unwrap();
    assert_eq!(
        host.custom_handler.executable, "bin/handler",
        "the package gives this very name its execute bit"
    );
    assert!(host.custom_handler.enable_forwarding_http_request);
    assert!(host.custom_handler.enable_proxying_http_request);
}
