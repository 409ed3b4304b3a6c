//! Requests that are refused whatever they are for, on public functions too.

use std::io::{Read as _, Write as _};

use crate::common::process::get;
use crate::{Gate, SECURED};

/// The answer has this status, and nothing of what was sent after the request is answered.
#[track_caller]
fn assert_answered_once(gate: &Gate, request: &str, status: u16) {
    let mut stream = gate.handler.connect();
    let next = get(SECURED, Some(&gate.pinned.header()));
    write!(stream, "{request}{next}").unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(
        answers.matches("HTTP/1.").count(),
        1,
        "{request}: {answers}"
    );
    let found = answers.split(' ').nth(1);
    assert_eq!(found, Some(status.to_string().as_str()), "{request}");
}

/// Another coding before chunked would stay in the content, and be gone from the head.
#[test]
fn a_transfer_coding_other_than_chunked_is_refused() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    for coding in [
        "Transfer-Encoding: gzip, chunked",
        "transfer-encoding:gzip\r\nTRANSFER-ENCODING:\tchunked",
        "Transfer-Encoding: chunked, chunked",
    ] {
        for path in [
            SECURED,
            "/api/PublicFunction",
            "/api/health",
            "/api/nothing",
        ] {
            let request = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {good}\r\n{coding}\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            );
            assert_answered_once(&gate, &request, 501);
        }
    }
    gate.assert_open();
}

#[test]
fn a_request_without_one_valid_host_is_refused() {
    let gate = Gate::open();
    for head in [
        "HTTP/1.1\r\n",
        "HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n",
        "HTTP/1.1\r\nHost: u@localhost\r\n",
        "HTTP/1.0\r\nHost: a b\r\nConnection: keep-alive\r\n",
    ] {
        for path in [
            SECURED,
            "/api/PublicFunction",
            "/api/nothing",
            "/",
            "http://localhost/api/PublicFunction",
        ] {
            assert_answered_once(&gate, &format!("GET {path} {head}\r\n"), 400);
        }
    }
    let old = "GET /api/PublicFunction HTTP/1.0\r\n\r\n";
    let status = gate.handler.status(old.as_bytes());
    assert_eq!(status, Some(200), "HTTP/1.0 knows no Host");
    gate.assert_open();
}
