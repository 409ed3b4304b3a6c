//! Memory for callers who are not admitted is bounded over all of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod common;

use std::io::Write as _;
use std::thread;

use common::Shape;
use common::process::{Answer, Handler};
use serde_json::json;

/// How much a refused caller sends.
const BODY_BYTES: usize = 24 * 1024 * 1024;

/// How many of them do so at once.
const CALLERS: usize = 12;

/// How much the handler may grow by: a tenth of what is sent.
const MAX_GROWTH_KIB: u64 = 28 * 1024;

/// The most memory that the process has had, in KiB.
fn peak(handler: &Handler) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", handler.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_bodies_of_refused_callers_are_not_held() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let stranger = Shape::caller("stranger").valid_today().self_signed();
    let handler = common::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ]);
    let headers = json!({"Host": ["localhost"], "X-ARR-ClientCert": [stranger.header()]});
    let request = json!({"Url": "https://a/api/QueueOutput", "Method": "POST", "Headers": headers, "Body": "x".repeat(BODY_BYTES)});
    // As the host writes it: the headers before the body.
    let request = request.to_string();
    let body = request.find(r#""Body""#).unwrap();
    let end = request.find(r#""Headers""#).unwrap();
    let (body, rest) = (&request[body..end], &request[end..request.len() - 1]);
    let body = body.trim_end_matches(',');
    let envelope = format!(r#"{{"Data": {{"req": {{{rest}, {body}}}}}, "Metadata": {{}}}}"#);
    let post = format!(
        "POST /QueueOutput HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
         X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\nContent-Length: {}\r\n\r\n{envelope}",
        handler.port,
        envelope.len()
    );
    let before = peak(&handler);
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            let mut stream = handler.connect();
            let post = &post;
            scope.spawn(move || {
                stream.write_all(post.as_bytes()).unwrap();
                let answer = Answer::read(&mut stream).unwrap();
                assert_eq!(answer.json()["Outputs"]["res"]["statusCode"], 401);
            });
        }
    });
    let growth = peak(&handler).saturating_sub(before);
    assert!(growth < MAX_GROWTH_KIB, "grew by {growth} KiB");
}
