//! The app's functions, called through its binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use serde_json::json;
use test_support::process::{Handler, Program};
use test_support::{Issued, Shape};

fn start() -> (Handler, Issued) {
    let program = Program {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_rust-app")),
        folder: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    };
    let caller = Shape::caller("partner").valid_today().self_signed();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ];
    (program.start(&settings), caller)
}

#[test]
fn anybody_is_greeted_by_name() {
    let (handler, _) = start();
    let answer = handler.get("/api/greeting/Ann%20Other", None);
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"Hello, Ann Other"[..])
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

#[test]
fn admitted_callers_order() {
    let (handler, caller) = start();
    let post = |certificate: &str, kind: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "POST /api/orders HTTP/1.1\r\nHost: localhost\r\n{certificate}Content-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        handler.exchange(request.as_bytes()).unwrap()
    };
    let certificate = format!("X-ARR-ClientCert: {}\r\n", caller.header());
    let order = r#"{"item": "tea", "amount": 2}"#;
    let answer = post(&certificate, "application/json", order);
    assert_eq!(answer.status, 201);
    assert!(
        answer
            .header("location")
            .unwrap()
            .starts_with("/api/orders/")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.json(),
        json!({"item": "tea", "amount": 2, "customer": "CN=partner"})
    );
    assert_eq!(handler.decision()["status"], 201);

    assert_eq!(post("", "application/json", order).status, 401);
    let long = format!(r#"{{"item": "{}", "amount": 2}}"#, "x".repeat(1024 * 1024));
    for (kind, body, status) in [
        ("text/plain", order, 415),
        ("application/json", "{", 400),
        ("application/json", r#"{"item": "tea"}"#, 400),
        ("application/json", &long, 413),
    ] {
        let answer = post(&certificate, kind, body);
        assert_eq!(answer.status, status, "{kind}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(answer.json()["status"], status);
    }
}
