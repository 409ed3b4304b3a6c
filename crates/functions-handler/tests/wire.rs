//! The real handler on a real socket: hostile bytes, and what becomes of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use common::process::{Answer, Handler, PATIENCE, get};
use common::{Issued, KeyKind, Shape};

const SECURED: &str = "/api/SecuredFunction";
const SECURED_BODY: &[u8] = br#"{"Msg":"Secured Azure Function called"}"#;

/// A handler that admits one caller by pin and another by name, and both of them.
struct Gate {
    handler: Handler,
    pinned: Issued,
    named: Issued,
    authority: Issued,
}

impl Gate {
    fn open() -> Self {
        Self::open_with(&[])
    }

    fn open_with(more: &[(&str, &str)]) -> Self {
        let pinned = Shape::caller("pinned").valid_today().self_signed();
        let authority = Shape::authority("Authority").valid_today().self_signed();
        let named = authority.issue(Shape::caller("named").valid_today());
        let root = common::fixture().app_root();
        std::fs::write(root.path().join("authority.pem"), authority.pem()).unwrap();
        let thumbprint = pinned.sha256();
        let mut settings = vec![
            ("CLIENT_CERT_FRONT_END", "development"),
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", thumbprint.as_str()),
            ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "named"),
            ("CLIENT_CERT_TRUST_ANCHORS", "authority.pem"),
        ];
        settings.extend_from_slice(more);
        let handler = common::fixture().start_in(root, &settings);
        Self {
            handler,
            pinned,
            named,
            authority,
        }
    }

    /// The next good request gets its 200.
    #[track_caller]
    fn assert_open(&self) {
        for caller in [&self.pinned, &self.named] {
            let answer = self.handler.get(SECURED, Some(&caller.header()));
            assert_eq!((answer.status, answer.body.as_slice()), (200, SECURED_BODY));
        }
    }
}

#[test]
fn callers_are_admitted_by_pin_and_by_name() {
    let gate = Gate::open();
    gate.assert_open();
    let public = gate.handler.get("/api/PublicFunction", None);
    assert_eq!(public.status, 200);
    assert_eq!(public.body, br#"{"Msg":"Public Azure Function called"}"#);
    assert_eq!(gate.handler.get("/api/health", None).json()["status"], "ok");
    let info = gate
        .handler
        .get("/api/cert-info", Some(&gate.named.header()))
        .json();
    assert_eq!(info["commonName"], "named");
    assert_eq!(info["sha256Thumbprint"], gate.named.sha256());
    assert_eq!(info["sha1Thumbprint"], gate.named.sha1());
    let probe = gate.handler.get("/", None);
    assert_eq!((probe.status, probe.body.as_slice()), (200, &b""[..]));
}

#[test]
fn every_refusal_looks_the_same() {
    let gate = Gate::open();
    let expired = Shape {
        not_after: common::today() - 1,
        ..Shape::caller("named").valid_today()
    };
    let refused = [
        get(SECURED, None),
        get(SECURED, Some("")),
        get(SECURED, Some("AAAA")),
        get(
            SECURED,
            Some(&Shape::caller("other").valid_today().self_signed().header()),
        ),
        get(
            SECURED,
            Some(&Shape::caller("named").valid_today().self_signed().header()),
        ),
        get(SECURED, Some(&gate.authority.issue(expired).header())),
        get(SECURED, Some(&format!("{0}, {0}", gate.pinned.header()))),
        get("/api/cert-info", None),
    ];
    let shapes: Vec<String> = refused
        .iter()
        .map(|request| gate.handler.exchange(request.as_bytes()).unwrap().shape())
        .collect();
    for shape in &shapes {
        assert_eq!(shape, &shapes[0]);
    }
    assert!(
        shapes[0].starts_with("HTTP/1.1 401 Unauthorized\r\n"),
        "{}",
        shapes[0]
    );
    assert!(shapes[0].contains("content-type: application/problem+json\r\n"));
    assert!(shapes[0].contains("www-authenticate: ClientCertificate\r\n"));
    gate.assert_open();
}

#[test]
fn the_denied_status_can_be_the_flask_samples() {
    let gate = Gate::open_with(&[("CLIENT_CERT_DENIED_STATUS", "403")]);
    let answer = gate.handler.get(SECURED, None);
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (403, None)
    );
    gate.assert_open();
}

#[test]
fn no_value_of_the_header_but_one_certificate_opens() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let pem_line = gate.pinned.pem().replace('\n', " ");
    let oversized = "A".repeat(17 * 1024);
    let flipped = {
        let mut bytes = good.clone().into_bytes();
        bytes[200] = if bytes[200] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let values = [
        String::new(),
        " ".to_owned(),
        "null".to_owned(),
        format!("{good},{good}"),
        format!("{good}, "),
        format!(", {good}"),
        format!("{good} {good}"),
        format!("\"{good}\""),
        format!("{good};"),
        format!("{good}="),
        good.replace('=', ""),
        good.to_lowercase(),
        good[..good.len() / 2].to_owned(),
        format!("{good}AAAA"),
        good.replace('+', "-").replace('/', "_") + "-",
        good.replace('/', "%2F") + "%",
        pem_line,
        oversized,
        flipped,
        format!("Cert={good}"),
        format!(":{good}:"),
    ];
    for value in &values {
        if *value == good {
            continue;
        }
        let answer = gate.handler.get(SECURED, Some(value));
        assert_eq!(answer.status, 401, "{}", &value[..value.len().min(60)]);
    }
    gate.assert_open();
}

#[test]
fn a_request_that_names_another_host_is_refused() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let ask = |target: &str, headers: &str| {
        let request = format!("GET {target} HTTP/1.1\r\n{headers}X-ARR-ClientCert: {good}\r\n\r\n");
        let answer = gate.handler.exchange(request.as_bytes());
        answer.map(|answer| answer.status)
    };
    for (headers, status) in [
        ("Host: 127.0.0.1:4000\r\n", 200),
        ("Host: rebound.example\r\n", 401),
        ("Host: localhost\r\nHost: localhost\r\n", 401),
        (
            "Host: 127.0.0.1\r\nX-Forwarded-Host: localhost:7071\r\n",
            200,
        ),
        (
            "Host: 127.0.0.1\r\nX-Forwarded-Host: rebound.example:7071\r\n",
            401,
        ),
        (
            "Host: 127.0.0.1\r\nX-Forwarded-Host: localhost\r\nx-forwarded-host: rebound.example\r\n",
            401,
        ),
        (
            "Host: 127.0.0.1\r\nX-Original-Host: rebound.example\r\n",
            401,
        ),
        ("", 401),
    ] {
        assert_eq!(ask(SECURED, headers), Some(status), "{headers}");
    }
    // The absolute form of a request target replaces `Host` (RFC 9112, section 3.2.2).
    for (authority, status) in [
        ("localhost:7071", 200),
        ("127.0.0.1", 200),
        ("[::1]:7071", 200),
        ("rebound.example", 401),
        ("rebound.example:7071", 401),
        ("localhost.rebound.example", 401),
        ("localhost@rebound.example", 401),
    ] {
        for scheme in ["http", "https", "ws"] {
            let target = format!("{scheme}://{authority}{SECURED}");
            let found = ask(&target, "Host: localhost\r\n");
            assert_eq!(found, Some(status), "{target}");
        }
    }
    gate.assert_open();
}

#[test]
fn header_lines_are_counted_and_spellings_are_exact() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let with = |headers: &str| {
        let request = format!("GET {SECURED} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        gate.handler
            .exchange(request.as_bytes())
            .map(|answer| answer.status)
    };
    let twice = format!("X-ARR-ClientCert: {good}\r\nX-ARR-ClientCert: {good}\r\n");
    assert_eq!(with(&twice), Some(401));
    assert_eq!(
        with(&format!(
            "X-ARR-ClientCert: {good}\r\nx-arr-clientcert:\r\n"
        )),
        Some(401)
    );
    assert_eq!(with(&format!("X_ARR_ClientCert: {good}\r\n")), Some(401));
    assert_eq!(with(&format!("X-ARR-ClientCert2: {good}\r\n")), Some(401));
    assert_eq!(
        with(&format!(
            "X-Client-Cert: {good}\r\nClient-Cert: :{good}:\r\n"
        )),
        Some(401)
    );
    assert_eq!(
        with(&format!("x-arr-clientcert: {good}\r\n")),
        Some(200),
        "names have no case"
    );
    assert_eq!(
        with(&format!("X-ARR-ClientCert: \t {good} \t \r\n")),
        Some(200),
        "HTTP trims blanks around a value"
    );
    assert_eq!(with(&format!("X-ARR-ClientCert : {good}\r\n")), Some(400));
    assert_eq!(
        with(&format!(
            "X-ARR-ClientCert: {}\r\n {}\r\n",
            &good[..100],
            &good[100..]
        )),
        Some(400)
    );
    assert_eq!(with(&format!("X-ARR-ClientCert: {good}\0\r\n")), Some(400));
    gate.assert_open();
}

#[test]
fn bytes_outside_ascii_are_refused() {
    let gate = Gate::open();
    for bytes in [&b"\xff\xfe"[..], b"MII\x80", "ΜΙΙ".as_bytes()] {
        let request = [
            b"GET /api/SecuredFunction HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: ",
            bytes,
            b"\r\n\r\n",
        ]
        .concat();
        assert_eq!(gate.handler.exchange(&request).unwrap().status, 401);
    }
    gate.assert_open();
}

#[test]
fn odd_certificates_are_refused() {
    let gate = Gate::open();
    let issue = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("named").valid_today();
        change(&mut shape);
        gate.authority.issue(shape)
    };
    let odd = [
        issue(|s| s.not_after = common::today() - 1),
        issue(|s| s.not_before = common::today() + 3600),
        issue(|s| s.extended_key_usage = Some(vec!["serverAuth"])),
        issue(|s| s.key = KeyKind::Rsa1024),
        issue(|s| s.basic_constraints = Some(true)),
        issue(|s| s.names[0].1 = "Named".to_owned()),
        issue(|s| s.names[0].1 = "n\u{0430}med".to_owned()),
        issue(|s| s.names[0].1 = "named\0.evil".to_owned()),
        issue(|s| s.names.push(s.names[0].clone())),
        issue(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])]),
        Shape::authority("Authority")
            .valid_today()
            .self_signed()
            .issue(Shape::caller("named").valid_today()),
        gate.pinned.issue(Shape::caller("pinned").valid_today()),
        gate.authority.clone(),
    ];
    for (index, caller) in odd.iter().enumerate() {
        let answer = gate.handler.get(SECURED, Some(&caller.header()));
        assert_eq!(answer.status, 401, "certificate {index}");
    }
    gate.assert_open();
}

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

#[test]
fn a_caller_that_has_said_all_is_answered() {
    let gate = Gate::open();
    for (certificate, status) in [(Some(gate.pinned.header()), 200), (None, 401)] {
        let mut stream = gate.handler.connect();
        stream
            .write_all(get(SECURED, certificate.as_deref()).as_bytes())
            .unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(Answer::read(&mut stream).unwrap().status, status);
    }
}

#[test]
fn no_header_value_is_ever_printed() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let stranger = Shape::caller("stranger")
        .valid_today()
        .self_signed()
        .header();
    let values = [
        good.clone(),
        stranger,
        format!("{good},{good}"),
        format!("{good}!"),
        good.replace('=', ""),
        "A".repeat(20_000),
    ];
    for value in &values {
        gate.handler.get(SECURED, Some(value));
        gate.handler.get("/api/nothing", Some(value));
        gate.handler.get("/api/PublicFunction", Some(value));
    }
    gate.handler.get("/api/the-end", None);
    let lines = gate
        .handler
        .lines_until(|line| line["path"] == "/api/the-end");
    let printed = serde_json::to_string(&lines).unwrap();
    for value in &values {
        assert!(
            !printed.contains(&value[100..140]),
            "a part of a header value was printed"
        );
    }
}

#[test]
fn a_long_subject_makes_no_long_line() {
    let gate = Gate::open();
    let names = (0..60)
        .map(|_| (openssl::nid::Nid::ORGANIZATIONNAME, "x".repeat(60)))
        .collect();
    let stranger = Shape {
        names,
        ..Shape::caller("").valid_today()
    }
    .self_signed();
    assert_eq!(
        gate.handler.get(SECURED, Some(&stranger.header())).status,
        401
    );
    assert!(gate.handler.decision().to_string().len() < 2000);
}

#[test]
fn a_refusal_does_not_wait_for_the_body_and_drains_it() {
    let gate = Gate::open();
    // Nothing of the announced body is sent: the answer comes all the same.
    let head =
        format!("POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
    let refused = gate.handler.exchange(head.as_bytes()).unwrap();
    assert_eq!(
        (refused.status, refused.header("connection")),
        (401, Some("close"))
    );
    // A large body is taken until its end, so that whoever sends it gets to read the answer.
    let length = 8 * 1024 * 1024;
    let mut stream = gate.handler.connect();
    write!(
        stream,
        "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&vec![b'x'; length]).unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().status, 401);
    assert_closed(&mut stream);
    // Chunked likewise.
    let mut stream = gate.handler.connect();
    write!(stream, "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().status, 401);
    assert_closed(&mut stream);
    gate.assert_open();
}

#[test]
fn a_caller_that_expects_to_continue_is_refused_before_the_body_is_sent() {
    let gate = Gate::open();
    let request = format!(
        "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    );
    assert_eq!(
        gate.handler.exchange(request.as_bytes()).unwrap().status,
        401
    );
    gate.assert_open();
}

#[test]
fn a_body_beyond_the_hosts_limit_is_refused_after_the_caller() {
    let gate = Gate::open();
    let post = |certificate: &str| {
        let request = format!(
            "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\n{certificate}Content-Length: 104857601\r\n\r\n"
        );
        gate.handler.exchange(request.as_bytes()).unwrap().status
    };
    assert_eq!(post(""), 401);
    assert_eq!(
        post(&format!("X-ARR-ClientCert: {}\r\n", gate.pinned.header())),
        413
    );
    gate.assert_open();
}

#[test]
fn connections_are_kept_and_bodies_nobody_reads_do_no_harm() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let mut stream = gate.handler.connect();
    for turn in 0..20 {
        let body = "x".repeat(turn * 1000);
        write!(stream, "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {good}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        assert_eq!(
            Answer::read(&mut stream).unwrap().status,
            200,
            "turn {turn}"
        );
    }
}

#[test]
fn a_head_that_does_not_go_on_is_not_waited_for() {
    let gate = Gate::open();
    let mut stream = gate.handler.connect();
    stream.set_read_timeout(Some(2 * PATIENCE)).unwrap();
    let begin = Instant::now();
    stream
        .write_all(b"GET /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        .unwrap();
    assert_closed(&mut stream);
    assert!(begin.elapsed() > PATIENCE, "slow senders get their time");
    gate.assert_open();
}

#[test]
fn the_port_is_open_on_one_address_alone() {
    let gate = Gate::open();
    assert!(TcpStream::connect(("127.0.0.2", gate.handler.port)).is_err());
    assert!(TcpStream::connect(("::1", gate.handler.port)).is_err());
    gate.assert_open();
}

#[test]
fn decisions_are_logged_without_the_header() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let id = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";
    let request = format!(
        "GET {SECURED} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {good}\r\nX-Azure-Functions-InvocationId: evil, {id}\r\n\
         traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n"
    );
    assert_eq!(
        gate.handler.exchange(request.as_bytes()).unwrap().status,
        200
    );
    let line = gate.handler.decision();
    let expected = [
        ("invocationId", id.to_owned()),
        ("traceId", "0af7651916cd43dd8448eb211c80319c".to_owned()),
        ("function", "SecuredFunction".to_owned()),
        ("outcome", "allow".to_owned()),
        ("reason", "admitted".to_owned()),
        ("rule", format!("pin sha256:{}", gate.pinned.sha256())),
        ("thumbprint", gate.pinned.sha256()),
        ("subject", "CN=pinned".to_owned()),
    ];
    for (key, value) in expected {
        assert_eq!(line[key], value, "{line}");
    }
    assert!(
        line["serial"].is_string() && line["notAfter"].is_string() && line["time"].is_string(),
        "{line}"
    );
    assert!(
        !line.to_string().contains(&good[..40]),
        "the header is not in the log"
    );

    let stranger = Shape::caller("stranger\r\n\u{1b}[31m")
        .valid_today()
        .self_signed();
    assert_eq!(
        gate.handler.get(SECURED, Some(&stranger.header())).status,
        401
    );
    let line = gate.handler.decision();
    assert_eq!(
        (&line["outcome"], &line["reason"]),
        (&"deny".into(), &"not-listed".into())
    );
    assert_eq!(line["subject"], "CN=stranger\\0d\\0a\\1b[31m");
    assert_eq!(line["thumbprint"], stranger.sha256());

    assert_eq!(gate.handler.get("/api/nothing", None).status, 404);
    let line = gate.handler.line(|line| line["event"] == "access");
    assert_eq!(
        (&line["status"], &line["path"]),
        (&404.into(), &"/api/nothing".into())
    );
}

#[test]
fn a_certificate_near_its_end_is_reported_once_a_day() {
    let end = common::today() + 10 * common::DAY + 3600;
    let near = Shape {
        not_after: end,
        ..Shape::caller("near").valid_today()
    }
    .self_signed();
    let sha1 = near.sha1();
    let handler = common::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &sha1),
    ]);
    for _ in 0..3 {
        assert_eq!(handler.get(SECURED, Some(&near.header())).status, 200);
    }
    assert_eq!(handler.get("/api/nothing", None).status, 404);
    let lines = handler.lines_until(|line| line["event"] == "access");
    let decisions: Vec<_> = lines
        .iter()
        .filter(|line| line["event"] == "decision")
        .collect();
    let warnings = lines
        .iter()
        .filter(|line| line["event"] == "caller-certificate-expires");
    assert_eq!((decisions.len(), warnings.count()), (3, 1));
    for line in decisions {
        assert_eq!(line["expiresInDays"], 10);
        assert_eq!(
            line["pinInstead"],
            format!("sha256:{}", near.sha256()),
            "the rule was a SHA-1 thumbprint"
        );
    }
}

#[test]
fn thousands_of_hostile_requests_leave_the_gate_as_it_was() {
    let gate = Gate::open();
    let good = get(SECURED, Some(&gate.pinned.header())).into_bytes();
    // A fixed sequence of changes: the same bytes in every run but for the certificate itself.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let value = good.windows(2).position(|window| window == b": ").unwrap();
    let certificate = good[value..]
        .windows(9)
        .position(|window| window == b"entCert: ")
        .unwrap()
        + value
        + 9;
    for turn in 0..2000 {
        let mut request = good.clone();
        for _ in 0..=random(3) {
            let place = certificate + random(request.len() - certificate - 4);
            match random(4) {
                0 => request[place] ^= 1 << random(8),
                1 => request.insert(place, b","[0]),
                2 => drop(request.remove(place)),
                _ => request.splice(place..place, [0xff, 0xfe]).for_each(drop),
            }
        }
        let mut stream = gate.handler.connect();
        let _ = stream.write_all(&request);
        let answer = Answer::read(&mut stream).unwrap_or_else(|| panic!("turn {turn}: no answer"));
        let opened = answer.status == 200 && request[certificate..] == good[certificate..];
        let refused = matches!(answer.status, 400 | 401 | 404 | 431);
        assert!(opened || refused, "turn {turn}: {}", answer.status);
    }
    gate.assert_open();
}

/// Reads until the peer closes; a reset is a close as well.
#[track_caller]
fn assert_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    if let Err(error) = stream.read_to_end(&mut rest) {
        let kind = error.kind();
        assert!(
            kind == std::io::ErrorKind::ConnectionReset,
            "expected the end of the connection, found {error}"
        );
    }
}
