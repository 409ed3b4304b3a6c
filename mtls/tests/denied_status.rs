//! What the tool says of the status of a refusal: as the handler has it, by the setting and by the profile of `host.json`.

#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test fails by panicking; its parts are in files"
)]

mod common;

use std::fs;

use common::{Shape, mtls};
use serde_json::{Value, json};

#[test]
fn every_command_knows_the_status_of_a_refusal() {
    for (profile, setting, refused) in [
        ("default", "", 401),
        ("default", "403", 403),
        ("web-app-custom-handler", "", 401),
        ("mcp-custom-handler", "", 403),
        ("mcp-custom-handler", "401", 401),
    ] {
        assert_eq!(said(profile, setting), [refused; 3], "{profile} {setting}");
    }
}

/// The status by `mtls explain`, `mtls openapi` and `mtls postman`.
fn said(profile: &str, setting: &str) -> [u16; 3] {
    let folder = tempfile::tempdir().unwrap();
    let host = json!({"version": "2.0", "configurationProfile": profile, "customHandler": {
        "description": {"defaultExecutablePath": "bin/handler"},
        "http": {"defaultAuthorizationLevel": "anonymous", "routes": [{"route": "{*route}"}]},
    }});
    fs::write(folder.path().join("host.json"), host.to_string()).unwrap();
    let stranger = Shape::caller("stranger").self_signed();
    fs::write(folder.path().join("stranger.pem"), stranger.pem()).unwrap();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_DENIED_STATUS", setting),
    ];
    let run = |arguments: &[&str]| mtls(folder.path(), &settings, arguments);
    let explained = run(&["explain", "--certificate", "stranger.pem", "--json"]).json();
    let document = run(&["openapi"]).json();
    let written = run(&["postman", "--base-url", "https://localhost:7443"]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let environment = fs::read(folder.path().join("certs/postman/environment.json")).unwrap();
    let environment: Value = serde_json::from_slice(&environment).unwrap();
    let values = environment["values"].as_array().unwrap();
    let in_postman = values.iter().find(|value| value["key"] == "refusedStatus");
    [
        u16::try_from(explained["status"].as_u64().unwrap()).unwrap(),
        lowest_refusal(&document),
        in_postman.unwrap()["value"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap(),
    ]
}

/// A caller who is not authenticated gets the lowest status of an operation's refusals, each of which the document defines.
fn lowest_refusal(document: &Value) -> u16 {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    let responses = operations.map(|operation| operation["responses"].as_object().unwrap());
    let mut statuses = Vec::new();
    for (status, response) in responses.flatten() {
        let status: u16 = status.parse().unwrap();
        if let Some(reference) = response["$ref"].as_str() {
            assert!(
                document
                    .pointer(reference.strip_prefix('#').unwrap())
                    .is_some()
            );
            statuses.push(status);
        }
    }
    statuses.into_iter().min().unwrap()
}
