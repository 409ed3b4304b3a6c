//! The log has the status that was sent, whatever comes of a call, in both shapes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::process::{Answer, get};
use common::server::{Server, declared, function};
use common::{Issued, Shape};
use functions_handler::functions::{Outputs, Registry, Reply, ReplyBody, Trigger, TriggerFailed};
use functions_handler::host::Function;
use functions_handler::server::Limits;
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use serde_json::{Value, json};

/// What implementations do, with the status of a raw call and that of an envelope; below 500 the latter is inside.
const OUTCOMES: [(&str, u64, u64); 11] = [
    ("answers", 201, 201),
    ("refuses", 418, 418),
    ("panics", 500, 500),
    ("stalls", 504, 504),
    ("strays", 500, 500),
    ("header", 500, 500),
    ("informs", 500, 500),
    ("bytes", 200, 500),
    ("breaks", 200, 500),
    ("bursts", 200, 500),
    ("drips", 200, 504),
];

async fn run(outcome: &str) -> Reply {
    let streamed = |rest| {
        let first = stream::iter([Ok::<_, String>(Bytes::from("first"))]);
        let body = ReplyBody::stream(first.chain(rest));
        Reply::with_body(StatusCode::OK, "text/plain", body)
    };
    match outcome {
        "answers" => Reply::json(StatusCode::CREATED, &1),
        "refuses" => Reply::new(StatusCode::IM_A_TEAPOT),
        "panics" => panic!("as the test wants"),
        "stalls" => std::future::pending().await,
        "strays" => Reply::ok(&1).with_output("nowhere", &1),
        "header" => Reply::ok(&1).with_header("a", "b\r\nc: d"),
        "informs" => Reply::new(StatusCode::EARLY_HINTS),
        "bytes" => Reply::with_body(StatusCode::OK, "image/x", &b"\xff\xfe"[..]),
        "breaks" => streamed(stream::iter([Err("as the test wants".to_owned())]).boxed()),
        "bursts" => streamed(stream::once(async { panic!("as the test wants") }).boxed()),
        "drips" => streamed(stream::pending().boxed()),
        other => panic!("no outcome {other}"),
    }
}

async fn work(trigger: Trigger) -> Result<Outputs, TriggerFailed> {
    match trigger.data.as_str().unwrap() {
        "answers" => Ok(Outputs::none()),
        "fails" => Err(TriggerFailed("as the test wants")),
        "strays" => Ok(Outputs::none().with("nowhere", &1)),
        "panics" => panic!("as the test wants"),
        _ => std::future::pending().await,
    }
}

/// A function that the host delivers by envelope.
fn enveloped(name: &str, mark: &Value) -> Function {
    let bindings = json!([
        {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"},
        {"type": "http", "direction": "out", "name": "res"},
        {"type": "queue", "direction": "out", "name": "message"},
    ]);
    declared(
        name,
        &json!({"clientCertificate": mark, "bindings": bindings}),
    )
}

fn start(caller: &Issued) -> Server {
    let mut registry = Registry::new().triggered("Work", work);
    let mut functions = vec![declared(
        "Work",
        &json!({"bindings": [{"type": "queueTrigger", "direction": "in", "name": "item"}]}),
    )];
    for (outcome, ..) in OUTCOMES {
        for (access, mark) in [("open", json!("none")), ("secured", json!("required"))] {
            let names = ["raw", "enveloped"].map(|shape| format!("{access}-{shape}-{outcome}"));
            functions.extend([raw(&names[0], &mark), enveloped(&names[1], &mark)]);
            for name in names {
                registry = match access {
                    "open" => registry.public(&name, move |_| run(outcome)),
                    _ => registry.secured(&name, move |_, _| run(outcome)),
                };
            }
        }
    }
    let limits = Limits {
        call_time: Duration::from_millis(300),
        trigger_time: Some(Duration::from_millis(300)),
        ..Limits::default()
    };
    Server::start_within(limits, functions, registry, caller)
}

fn raw(name: &str, mark: &Value) -> Function {
    function(name, name, mark)
}

fn post(port: u16, path: &str, envelope: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\nContent-Length: {}\r\n\r\n{envelope}",
        envelope.len()
    )
}

/// The status that the caller gets: the one inside an envelope, if the host takes the envelope.
fn sent(answer: &Answer) -> u64 {
    let inside = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    match inside["Outputs"]["res"]["statusCode"].as_u64() {
        Some(status) if answer.status == 200 => status,
        _ => answer.status.into(),
    }
}

/// The one line about a request, which has its status.
fn logged(server: &Server) -> Value {
    loop {
        let line = server.line();
        if line["event"] == "decision" || line["event"] == "access" {
            return line;
        }
    }
}

#[test]
fn the_log_has_the_status_that_was_sent() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let server = start(&caller);
    let certificate = caller.header();
    let headers = json!({"Host": ["localhost"], "X-ARR-ClientCert": [certificate]});
    let envelope = |headers: &Value| {
        json!({"Data": {"req": {"Method": "GET", "Headers": headers}}}).to_string()
    };
    let good = envelope(&headers);
    let too_long = |path: &str, certificate| {
        get(path, certificate).replace("\r\n\r\n", "\r\nContent-Length: 999999999\r\n\r\n")
    };
    let mut rows = Vec::new();
    for (outcome, raw, enveloped) in OUTCOMES {
        let path = |access: &str, shape: &str| format!("{access}-{shape}-{outcome}");
        rows.push((get(&format!("/api/{}", path("open", "raw")), None), raw));
        rows.push((
            get(
                &format!("/api/{}", path("secured", "raw")),
                Some(&certificate),
            ),
            raw,
        ));
        rows.push((
            post(
                server.port,
                &format!("/{}", path("open", "enveloped")),
                &good,
            ),
            enveloped,
        ));
        rows.push((
            post(
                server.port,
                &format!("/{}", path("secured", "enveloped")),
                &good,
            ),
            enveloped,
        ));
    }
    for (work, status) in [
        ("answers", 200),
        ("fails", 500),
        ("strays", 500),
        ("panics", 500),
        ("stalls", 504),
    ] {
        let text = format!(r#"{{"Data": {{"item": "{work}"}}}}"#);
        rows.push((post(server.port, "/Work", &text), status));
    }
    let secured = "/secured-enveloped-answers";
    rows.extend([
        (get("/api/secured-raw-answers", None), 401),
        (post(server.port, secured, &envelope(&json!({}))), 401),
        (post(server.port, secured, "{"), 400),
        (post(server.port, secured, &good[..good.len() - 1]), 400),
        (post(server.port, "/open-enveloped-answers", "{"), 400),
        (post(server.port, "/Work", "{"), 400),
        (too_long("/api/open-raw-answers", None), 413),
        (
            too_long("/api/secured-raw-answers", Some(&certificate)),
            413,
        ),
        (too_long("/api/secured-raw-answers", None), 401),
        (get("/api/nothing", None), 404),
        (
            get("/api/open-raw-answers", None)
                .replace("\r\n\r\n", "\r\nUpgrade: websocket\r\n\r\n"),
            501,
        ),
        (
            "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n".to_owned(),
            404,
        ),
    ]);
    for (request, expected) in rows {
        let line = request.lines().next().unwrap();
        assert_eq!(sent(&server.exchange(&request)), expected, "{line}");
        assert_eq!(logged(&server)["status"], expected, "{line}");
    }
}

#[test]
fn a_stream_that_breaks_off_after_its_status_is_in_the_log() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let server = start(&caller);
    for outcome in ["breaks", "bursts"] {
        let answer = server.exchange(&get(&format!("/api/open-raw-{outcome}"), None));
        assert_eq!(answer.status, 200);
        assert_eq!(logged(&server)["status"], 200);
        let line = server.line();
        assert_eq!(line["event"], "reply-broke-off", "{outcome}");
        assert_eq!(line["function"], format!("open-raw-{outcome}"));
    }
}
