//! Whatever is put into whatever setting, file or option: the tool prints none of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::{fixture, mtls};
use serde_json::json;
use test_support::secret::{Secret, secrets};

/// The commands that read the app's settings.
const READERS: [&[&str]; 3] = [
    &["functions"],
    &["openapi"],
    &["explain", "--certificate", "caller.pem"],
];

/// The commands that read a file; `FILE` has the secret in it, or is the secret.
const FILE_READERS: [&[&str]; 6] = [
    &["certificate", "show", "FILE", "--password", "wrong"],
    &[
        "certificate",
        "show",
        "FILE",
        "--as-identity",
        "--password",
        "wrong",
    ],
    &["certificate", "header", "FILE", "--password", "wrong"],
    &["explain", "--certificate", "FILE", "--password", "wrong"],
    &[
        "explain",
        "--certificate",
        "caller.pem",
        "--settings",
        "FILE",
    ],
    &[
        "call",
        "https://localhost:9/",
        "--identity",
        "FILE",
        "--password",
        "wrong",
    ],
];

#[test]
fn no_setting_is_printed_that_may_hold_a_secret() {
    let mut printed = Vec::new();
    for secret in &secrets() {
        for name in functions_handler::config::DECLARED.names() {
            for arguments in READERS {
                let output = with_setting(name, secret, arguments);
                if let Some(part) = secret.found_in(&output) {
                    printed.push(format!(
                        "{arguments:?}, {name} with a {}: {part}",
                        secret.kind
                    ));
                }
            }
        }
    }
    assert!(printed.is_empty(), "{printed:#?}");
}

fn with_setting(name: &str, secret: &Secret, arguments: &[&str]) -> String {
    let root = fixture().app_root();
    let caller = test_support::Shape::caller("caller").self_signed();
    fs::write(
        root.path().join("caller.pem"),
        caller.certificate.to_pem().unwrap(),
    )
    .unwrap();
    let settings = json!({"IsEncrypted": false, "Values": {name: secret.text}});
    fs::write(
        root.path().join("local.settings.json"),
        settings.to_string(),
    )
    .unwrap();
    let answer = mtls(root.path(), &[], arguments);
    answer.stdout + &answer.stderr
}

#[test]
fn no_file_and_no_name_of_a_file_is_printed_that_may_be_a_secret() {
    let root = fixture().app_root();
    let caller = test_support::Shape::caller("caller").self_signed();
    fs::write(
        root.path().join("caller.pem"),
        caller.certificate.to_pem().unwrap(),
    )
    .unwrap();
    let mut printed = Vec::new();
    for secret in &secrets() {
        fs::write(root.path().join("file"), &secret.text).unwrap();
        for arguments in FILE_READERS {
            // The content of a file; and a content where its name belongs, on one line as a shell pastes it. A short word is
            // a name like any other.
            let pasted = secret.text.replace('\n', " ");
            let pasted = (secret.kind != "password").then_some(pasted);
            for file in ["file".to_owned()].into_iter().chain(pasted) {
                let arguments: Vec<&str> = arguments
                    .iter()
                    .map(|argument| {
                        if *argument == "FILE" {
                            &file
                        } else {
                            *argument
                        }
                    })
                    .collect();
                let answer = mtls(root.path(), &[], &arguments);
                if let Some(part) = secret.found_in(&(answer.stdout + &answer.stderr)) {
                    printed.push(format!(
                        "{:?} with a {}: {part}",
                        &arguments[..2],
                        secret.kind
                    ));
                }
            }
        }
    }
    assert!(printed.is_empty(), "{printed:#?}");
}
