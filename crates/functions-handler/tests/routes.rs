//! Routes of `host.json`: functions without folders, by the recordings of the host.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use app_settings::Environment;
use common::process::get;
use common::server::Server;
use common::{Issued, Shape};
use functions_handler::config::AppRoot;
use functions_handler::functions::{Invocation, Registry, Reply};
use functions_handler::host::{Function, HostJson};

const ID: &str = "X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

/// A `host.json` under the MCP profile, with these entries of `customHandler.http.routes`.
fn host_json(entries: &str) -> String {
    format!(
        r#"{{"version": "2.0", "configurationProfile": "mcp-custom-handler", "customHandler": {{
            "description": {{"defaultExecutablePath": "bin/handler"}},
            "http": {{"defaultAuthorizationLevel": "anonymous", "routes": [{entries}]}}}}}}"#
    )
}

fn functions(entries: &str) -> Vec<Function> {
    let host = HostJson::parse(host_json(entries).as_bytes(), std::iter::empty());
    host.unwrap().route_functions()
}

fn caller() -> Issued {
    Shape::caller("caller").valid_today().self_signed()
}

async fn path(invocation: Invocation) -> Reply {
    Reply::ok(&invocation.head.uri.path())
}

#[test]
fn a_start_page_is_routed_and_decided_and_the_probe_is_neither() {
    let caller = caller();
    let registry = Registry::new().secured("http-handler1", async |_, invocation| {
        path(invocation).await
    });
    let server = Server::start(functions(""), registry, &caller);
    let asked = |method: &str, headers: &str| {
        let request = format!("{method} / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        let answer = server.exchange(&request);
        (answer.status, answer.body)
    };
    let certificate = format!("X-ARR-ClientCert: {}\r\n", caller.header());
    assert_eq!(asked("GET", ""), (200, Vec::new()), "the probe");
    assert_eq!(asked("GET", &certificate), (200, Vec::new()), "the probe");
    assert_eq!(asked("GET", &format!("{ID}\r\n")).0, 401);
    assert_eq!(server.line()["function"], "http-handler1");
    let admitted = format!("{ID}\r\n{certificate}");
    assert_eq!(asked("GET", &admitted), (200, b"\"/\"".to_vec()));
    assert_eq!(server.line()["event"], "decision");
    assert_eq!(asked("POST", "").0, 401, "the host probes by GET");
}

#[test]
fn a_public_route_that_comes_first_is_public_and_nothing_beside_it() {
    let caller = caller();
    let registry = Registry::new()
        .public("http-handler1", async |_| Reply::ok(&"public"))
        .secured("http-handler2", async |_, invocation| {
            path(invocation).await
        });
    let entries = r#"{"route": "health", "clientCertificate": "none"}, {"route": "{*route}"}"#;
    let server = Server::start(functions(entries), registry, &caller);
    for public in [
        "/health",
        "/HEALTH",
        "/health/",
        "/%68ealth",
        "/health?x=/secret",
    ] {
        assert_eq!(server.exchange(&get(public, None)).status, 200, "{public}");
    }
    let secured = [
        "/health/x",
        "/healthy",
        "/health;x",
        "/health%20",
        "/healt",
        "/x/health",
        "/health.json",
        "/health%3Fx",
        "/",
    ];
    for path in secured {
        let request = get(path, None).replace("Host:", &format!("{ID}\r\nHost:"));
        assert_eq!(server.exchange(&request).status, 401, "{path}");
    }
    // As the host routes them, and as they arrive: never repaired.
    for path in [
        "/x/..%5Chealth",
        "/health//",
        "//health",
        "/health/%2e%2e/x",
        "/health%2Fx",
        "/health/../x",
    ] {
        let answer = server.exchange(&get(path, Some(&caller.header())));
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[test]
fn an_app_has_routes_or_folders_and_routes_are_switched_off_like_functions() {
    let folder = tempfile::tempdir().unwrap();
    let entries = r#"{"route": "a"}, {"route": "b"}"#;
    fs::write(folder.path().join("host.json"), host_json(entries)).unwrap();
    let load = |settings: &[(&str, &str)]| {
        let settings: Environment = settings.iter().copied().collect();
        AppRoot::load(folder.path(), &settings)
    };
    let loaded = load(&[("AzureWebJobs.http-handler1.Disabled", "true")]).unwrap();
    let names: Vec<_> = loaded
        .routes
        .functions()
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    assert_eq!(
        (names, loaded.disabled),
        (vec!["http-handler2"], vec!["http-handler1".to_owned()])
    );
    fs::create_dir(folder.path().join("Hello")).unwrap();
    fs::write(
        folder.path().join("Hello/function.json"),
        r#"{"bindings": [{"type": "timerTrigger", "name": "t"}]}"#,
    )
    .unwrap();
    let problems = load(&[]).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let text = problems[0].to_string();
    assert!(
        text.starts_with("host.json: customHandler.http.routes.0: expected no folder")
            && text.contains("Hello"),
        "{text}"
    );
}
