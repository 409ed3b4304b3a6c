//! Request lines and heads: paths, methods, lengths.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use crate::common::process::get;
use crate::{Gate, SECURED};

#[test]
fn no_trick_with_paths_or_methods_opens_or_hangs() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let paths = [
        "/api/public/../SecuredFunction",
        "/api/health/..%5CSecuredFunction",
        "/api/health/..%2FSecuredFunction",
        "/api/./SecuredFunction",
        "/api/%2E/SecuredFunction",
        "/api/%2e%2e/api/SecuredFunction",
        "//api/SecuredFunction",
        "/api//SecuredFunction",
        "/api/SecuredFunction//",
        "/api\\SecuredFunction",
        "/api/SecuredFunction/x",
        "/api/SecuredFunction%00",
        "/api/SecuredFunction%",
        "/api/SecuredFunction%zz",
        "/api/SecuredFunction;a=b",
        "/api/SecuredFunction.json",
        "/SecuredFunction",
        "/api/api/SecuredFunction",
        "/admin/functions",
        "/runtime/webhooks/x",
        "/api/\u{212A}ecuredFunction",
        "*",
        "",
    ];
    for path in paths {
        for certificate in [None, Some(good.as_str())] {
            let answer = gate.handler.exchange(get(path, certificate).as_bytes());
            let status = answer.map(|answer| answer.status);
            assert!(matches!(status, Some(404 | 400)), "{path}: {status:?}");
        }
    }
    let methods = [
        "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "FOO", "PRI",
    ];
    for method in methods {
        let request = format!(
            "{method} {SECURED} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {good}\r\n\r\n"
        );
        let status = gate.handler.status(request.as_bytes());
        assert!(matches!(status, Some(404 | 400)), "{method}: {status:?}");
    }
    let guarded = [
        "/API/SECUREDFUNCTION",
        "/api/securedfunction",
        "/api/%53ecuredFunction",
        "/api/SecuredFunction/",
        "/api/SecuredFunction?x=/../health",
        "http://localhost/api/SecuredFunction",
    ];
    for path in guarded {
        assert_eq!(gate.handler.get(path, None).status, 401, "{path}");
        assert_eq!(gate.handler.get(path, Some(&good)).status, 200, "{path}");
    }
    gate.assert_open();
}

#[test]
fn a_request_to_connect_does_not_end_the_process() {
    let gate = Gate::open();
    let answer = gate
        .handler
        .exchange(b"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n")
        .unwrap();
    assert_eq!(answer.status, 404);
    gate.assert_open();
}

#[test]
fn a_request_to_switch_protocols_is_refused_with_an_answer() {
    let gate = Gate::open();
    let status = |headers: &str| {
        let request =
            format!("GET /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        gate.handler.exchange(request.as_bytes()).unwrap().status
    };
    assert_eq!(status("Connection: Upgrade\r\nUpgrade: websocket\r\n"), 501);
    assert_eq!(status("Upgrade: WebSocket\r\n"), 501);
    let line = gate.handler.line(|line| line["event"] == "access");
    assert_eq!(line["status"], 501);
    assert_eq!(
        status("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"),
        200,
        "an offer that may be passed over"
    );
    gate.assert_open();
}

#[test]
fn the_probe_is_only_what_has_no_invocation_id() {
    let gate = Gate::open();
    let with = |headers: &str| {
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        gate.handler.exchange(request.as_bytes()).unwrap().status
    };
    assert_eq!(with(""), 200);
    assert_eq!(
        with("X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\n"),
        404
    );
}

#[test]
fn heads_are_bounded() {
    let gate = Gate::open();
    let with = |headers: String| {
        let request =
            format!("GET /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        gate.handler
            .exchange(request.as_bytes())
            .map(|answer| answer.status)
    };
    let lines = |count: usize| {
        (0..count)
            .map(|line| format!("x-{line}: y\r\n"))
            .collect::<String>()
    };
    assert_eq!(
        with(lines(functions_handler::server::MAX_HEADERS - 1)),
        Some(200)
    );
    assert_eq!(
        with(lines(functions_handler::server::MAX_HEADERS)),
        Some(431)
    );
    assert_eq!(with(format!("x: {}\r\n", "y".repeat(48 * 1024))), Some(200));
    assert_eq!(
        with(format!(
            "x: {}\r\n",
            "y".repeat(functions_handler::server::MAX_HEAD_BYTES)
        )),
        Some(431)
    );
    gate.assert_open();
}

#[test]
fn requests_that_two_readers_could_read_in_two_ways_are_refused() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let post = |headers: &str, body: &str| {
        format!("POST /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{body}")
    };
    let requests = [
        post("Content-Length: 5\r\nContent-Length: 6", "hello"),
        post("Content-Length: +5", "hello"),
        post("Content-Length: 5, 6", "hello"),
        post("Content-Length: -1", "hello"),
        post("Content-Length: 18446744073709551616", "hello"),
        post("Transfer-Encoding: gzip", "hello"),
        post("Transfer-Encoding: chunked, gzip", "hello"),
        format!("GET {SECURED} HTTP/1.1\rX: y\r\n\r\n"),
        format!("GET {SECURED} HTTP/3.0\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\x16\x03\x01\x02\x00\x01".repeat(10) + "\r\n\r\n",
    ];
    for request in &requests {
        let answer = gate.handler.exchange(request.as_bytes());
        assert!(
            answer.as_ref().is_none_or(|answer| answer.status == 400),
            "{request:?}: {answer:?}"
        );
    }
    // Both lengths: whatever counts, what follows is at most a request of its own, which has no certificate.
    for path in [SECURED, "/api/PublicFunction"] {
        let smuggled = get(SECURED, None);
        let both = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {good}\r\nContent-Length: {}\r\n\
             Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
            smuggled.len() + 5
        );
        let mut stream = gate.handler.connect();
        stream.write_all(both.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        let secured = answers.matches("Secured Azure Function called").count();
        assert!(secured <= usize::from(path == SECURED), "{answers}");
    }
    gate.assert_open();
}
