//! What the pipelines deploy: the files that the app consists of, and none of the others that can be beside them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/package-files");

const DEPLOYED: [&str; 5] = [
    "./SecuredFunction/function.json",
    "./bin/handler",
    "./host.json",
    "./trust/partner-ca.pem",
    "./trust/policy.json",
];

const LEFT_OUT: [&str; 9] = [
    ".env",
    ".git/config",
    "bin/mtls",
    "certs/allowed.pfx",
    "examples/rust-app/Echo/function.json",
    "local.settings.json",
    "nohup.out",
    "partner.key",
    "trust/partner.key",
];

fn run(folder: &Path) -> Output {
    Command::new(SCRIPT).current_dir(folder).output().unwrap()
}

/// An app whose handler is there, and cannot be started.
fn unfinished() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in DEPLOYED.iter().chain(&LEFT_OUT) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    folder
}

fn app() -> tempfile::TempDir {
    let folder = unfinished();
    let handler = folder.path().join("bin/handler");
    fs::set_permissions(handler, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn the_app_is_deployed_and_nothing_that_is_beside_it() {
    let app = app();
    let output = run(app.path());
    assert!(output.status.success(), "{output:?}");
    let listed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(listed.lines().collect::<Vec<_>>(), DEPLOYED);
}

#[test]
fn a_handler_that_is_missing_or_cannot_be_started_is_not_deployed() {
    let app = unfinished();
    let not_executable = run(app.path());
    fs::remove_file(app.path().join("bin/handler")).unwrap();
    for output in [not_executable, run(app.path())] {
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("expected bin/handler"), "{text}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_private_key_is_not_deployed_whatever_the_file_that_it_is_in() {
    // In two parts: this file has no key in it.
    let key = ["-----BEGIN EC ", "PRIVATE KEY-----\n"].concat();
    for name in ["trust/partner-ca.pem", "trust/policy.json", "trust/a b.pem"] {
        let app = app();
        fs::write(app.path().join(name), format!("certificate\n{key}")).unwrap();
        let output = run(app.path());
        assert_eq!(output.status.code(), Some(1), "{name}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains(&format!("a private key in {name};")),
            "{text}"
        );
        assert!(output.stdout.is_empty());
    }
}
