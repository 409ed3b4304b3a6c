//! No request ends the process: a proxying host sends one without a body again and again, and stops at the third end.

use std::io::Write as _;

use serde_json::json;

use crate::common::process::{Answer, final_status, get};
use crate::{Gate, SECURED};

/// How often a proxying host sends a request without a body to a handler that closes without an answer.
const REPETITIONS: usize = 40;

/// The host's limit, by default.
const LARGEST_BODY: usize = 104_857_600;

/// Deeper than any reader's stack is, if it goes down with each bracket.
const DEPTH: usize = 400_000;

/// What a body is written in.
const PIECE: usize = 1024 * 1024;

/// What the host adds to a request, with the same id each time.
const FROM_THE_HOST: &str = "X-Azure-Functions-HostVersion: 4.1037.0.0\r\n\
    X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\n\
    x-ms-invocation-id: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\n";

/// A request that is handed over, with a caller's certificate.
fn handed_over(path: &str, certificate: &str, kind: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{FROM_THE_HOST}X-ARR-ClientCert: {certificate}\r\n\
         Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// The head of an envelope, as the host alone writes it.
fn envelope(gate: &Gate, length: usize) -> String {
    format!(
        "POST /QueueOutput HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Azure-Functions-HostVersion: 4.1037.0.0\r\n\
         X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\n\
         User-Agent: Azure-Functions-Host/4.1037.0.0\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {length}\r\n\r\n",
        gate.handler.port
    )
}

/// The status that a request gets whose body is as long as said.
fn status(gate: &Gate, head: &str, piece: &[u8], length: usize) -> Option<u16> {
    let mut stream = gate.handler.connect();
    stream.write_all(head.as_bytes()).unwrap();
    let mut left = length;
    while left > 0 {
        let next = &piece[..left.min(piece.len())];
        if stream.write_all(next).is_err() {
            break;
        }
        left -= next.len();
    }
    final_status(&mut stream)
}

#[test]
fn a_panic_in_a_function_is_500_and_the_process_goes_on() {
    let gate = Gate::open();
    for _ in 0..REPETITIONS {
        let answer = gate.handler.get("/api/PublicFunction?panics", None);
        assert_eq!(answer.status, 500);
    }
    gate.assert_open();
}

#[test]
fn a_stack_of_nested_json_is_answered_and_the_process_goes_on() {
    let gate = Gate::open();
    let certificate = gate.pinned.header();
    let deep = [
        "[".repeat(DEPTH),
        "{\"a\":".repeat(DEPTH),
        format!("{{\"Data\": {{\"req\": {}", "[".repeat(DEPTH)),
        format!(
            "{{\"Data\": {{\"req\": {{\"Headers\": {}",
            "{\"a\":".repeat(DEPTH)
        ),
        format!(
            "{{\"Metadata\": {}{}}}",
            "[".repeat(DEPTH),
            "]".repeat(DEPTH)
        ),
    ];
    let inner = json!({"Data": {"req": {
        "Url": "http://localhost/api/QueueOutput", "Method": "POST", "Query": {}, "Params": {}, "Identities": [],
        "Headers": {"Host": ["localhost"], "X-ARR-ClientCert": [certificate]}, "Body": "[".repeat(DEPTH),
    }}, "Metadata": {}});
    for text in &deep {
        let bytes = text.as_bytes();
        let raw = handed_over(SECURED, &certificate, "application/json", text.len());
        assert_eq!(
            status(&gate, &raw, bytes, text.len()),
            Some(200),
            "{}",
            &text[..40]
        );
        let envelope = envelope(&gate, text.len());
        assert_eq!(
            status(&gate, &envelope, bytes, text.len()),
            Some(400),
            "{}",
            &text[..40]
        );
    }
    let text = inner.to_string();
    let envelope = envelope(&gate, text.len());
    assert_eq!(
        status(&gate, &envelope, text.as_bytes(), text.len()),
        Some(200)
    );
    gate.assert_open();
}

#[test]
fn a_body_of_100_megabytes_is_answered_and_the_process_goes_on() {
    let gate = Gate::open();
    let piece = vec![b'['; PIECE];
    let pinned = gate.pinned.header();
    let raw = [
        ("/api/PublicFunction", "", 200),
        (SECURED, &*pinned, 200),
        (SECURED, "", 401),
    ];
    for (path, certificate, expected) in raw {
        for kind in ["application/json", "application/octet-stream"] {
            let head = handed_over(path, certificate, kind, LARGEST_BODY);
            let status = status(&gate, &head, &piece, LARGEST_BODY);
            assert_eq!(status, Some(expected), "{path} {kind}");
        }
    }
    let head = envelope(&gate, LARGEST_BODY);
    assert_eq!(status(&gate, &head, &piece, LARGEST_BODY), Some(400));
    gate.assert_open();
}

#[test]
fn one_invocation_id_forty_times_is_answered_alike_and_the_process_goes_on() {
    let gate = Gate::open();
    let (pinned, certificates) = (gate.pinned.header(), [true, false]);
    for path in [
        SECURED,
        "/api/PublicFunction",
        "/api/PublicFunction?panics",
        "/QueueOutput",
        "/",
    ] {
        for certificate in certificates.map(|is_sent| is_sent.then_some(&*pinned)) {
            let request =
                get(path, certificate).replace("\r\n\r\n", &format!("\r\n{FROM_THE_HOST}\r\n"));
            let answers: Vec<Answer> = (0..REPETITIONS)
                .map(|_| gate.handler.exchange(request.as_bytes()).unwrap())
                .collect();
            let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert_eq!(statuses, [statuses[0]; REPETITIONS], "{path}");
        }
    }
    gate.assert_open();
}
