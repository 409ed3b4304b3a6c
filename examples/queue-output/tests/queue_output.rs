//! The app, called through its binary with envelopes as the Functions host writes them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use serde_json::{Value, json};
use test_support::process::{Answer, Handler, Program};
use test_support::{Issued, Shape};

fn start() -> (Handler, Issued) {
    let program = Program {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_queue-output")),
        folder: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    };
    let caller = Shape::caller("partner").valid_today().self_signed();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ];
    (program.start(&settings), caller)
}

fn post(handler: &Handler, certificate: Option<&Issued>, body: &str) -> Answer {
    let mut headers = json!({"Host": ["localhost:7443"], "Content-Type": ["text/plain"]});
    if let Some(certificate) = certificate {
        headers["X-ARR-ClientCert"] = json!([certificate.header()]);
    }
    let request = json!({"Url": "https://localhost:7443/api/QueueOutput", "Method": "POST", "Query": {},
        "Headers": headers, "Params": {}, "Identities": [], "Body": body});
    let envelope = json!({"Data": {"req": request}, "Metadata": {}}).to_string();
    let (port, length) = (handler.port, envelope.len());
    let post = format!(
        "POST /QueueOutput HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\nContent-Length: {length}\r\n\r\n{envelope}"
    );
    handler.exchange(post.as_bytes()).unwrap()
}

#[track_caller]
fn outputs(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["Outputs"].clone()
}

#[test]
fn what_admitted_callers_send_is_queued() {
    let (handler, caller) = start();
    let queued = outputs(&post(&handler, Some(&caller), "order 7"));
    assert_eq!(queued["res"]["statusCode"], 202);
    assert_eq!(queued["message"], "order 7");
    // A text that the host would take for base64 arrives as it was sent.
    let queued = outputs(&post(&handler, Some(&caller), "test"));
    assert_eq!(queued["message"], "dGVzdA==");
}

#[test]
fn what_others_send_reaches_no_queue() {
    let (handler, _) = start();
    let stranger = Shape::caller("stranger").valid_today().self_signed();
    for certificate in [None, Some(&stranger)] {
        let refused = outputs(&post(&handler, certificate, "order 7"));
        assert_eq!(refused["res"]["statusCode"], 401);
        assert_eq!(refused.as_object().unwrap().len(), 1);
    }
}

#[test]
fn a_message_is_a_text_of_bounded_length() {
    let (handler, caller) = start();
    for (body, status) in [("", 400), (&"x".repeat(48 * 1024 + 1), 413)] {
        let refused = outputs(&post(&handler, Some(&caller), body));
        assert_eq!(refused["res"]["statusCode"], status);
        assert!(refused["message"].is_null());
    }
}
