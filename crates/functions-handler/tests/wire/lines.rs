//! What the log says of calls.

use crate::common::{self, Shape};
use crate::{Gate, SECURED};

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
        (
            "rule",
            format!("pin sha256:{}...", &gate.pinned.sha256()[..16]),
        ),
        ("thumbprint", gate.pinned.sha256()),
    ];
    for (key, value) in expected {
        assert_eq!(line[key], value, "{line}");
    }
    assert!(
        line["notAfter"].is_string() && line["time"].is_string(),
        "{line}"
    );
    for refusals_alone in ["reason", "detail", "subject", "serial"] {
        assert!(line[refusals_alone].is_null(), "{line}");
    }
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
    assert!(line["serial"].is_string(), "{line}");

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
    let decisions = lines.iter().filter(|line| line["event"] == "decision");
    let warnings: Vec<_> = lines
        .iter()
        .filter(|line| line["event"] == "caller-certificate-expires")
        .collect();
    assert_eq!((decisions.count(), warnings.len()), (3, 1));
    assert_eq!(warnings[0]["expiresInDays"], 10);
}

/// The host takes what is on standard error for errors, and passes lines on standard output with two prefixes to logs of its own.
#[test]
fn a_refusal_is_no_error_to_the_host() {
    let gate = Gate::open();
    let stranger = Shape::caller("error fail warn").valid_today().self_signed();
    let good = gate.pinned.header();
    for value in [
        None,
        Some(stranger.header()),
        Some(format!("{good},{good}")),
        Some("!".to_owned()),
    ] {
        assert_eq!(gate.handler.get(SECURED, value.as_deref()).status, 401);
    }
    assert_eq!(gate.handler.get("/api/nothing", None).status, 404);
    let (lines, errors) = gate.handler.end();
    let refusals: Vec<_> = lines
        .iter()
        .filter(|line| line["outcome"] == "deny")
        .collect();
    assert_eq!(refusals.len(), 4);
    for line in refusals {
        assert!(line.is_object() && line["level"].is_null(), "{line}");
    }
    assert_eq!(errors, "");
}

/// The front end of App Service says where a call comes from; a proxying host leaves nothing else that does.
#[test]
fn a_line_has_the_address_that_the_front_end_wrote() {
    let gate = Gate::open();
    for (lines, expected) in [
        (
            "CLIENT-IP: 203.0.113.7:51234\r\nX-Forwarded-For: 198.51.100.1\r\n",
            Some("203.0.113.7"),
        ),
        ("CLIENT-IP: [2001:db8::7]:51234\r\n", Some("2001:db8::7")),
        ("X-Forwarded-For: 198.51.100.1\r\n", None),
        ("CLIENT-IP: 203.0.113.7\r\nCLIENT-IP: 203.0.113.8\r\n", None),
        ("CLIENT-IP: 203.0.113.7, 203.0.113.8\r\n", None),
        ("CLIENT-IP: \"}\r\n", None),
    ] {
        for path in [SECURED, "/api/PublicFunction", "/api/nothing"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
            gate.handler.exchange(request.as_bytes()).unwrap();
            let line = gate.handler.line(|line| line["method"] == "GET");
            assert_eq!(line["address"].as_str(), expected, "{path} {lines}: {line}");
        }
    }
}

/// What is counted is summed up when the handler ends, and every other call has its line.
#[test]
fn calls_that_are_not_refused_are_counted_where_the_setting_says_so() {
    let pinned = Shape::caller("pinned").valid_today().self_signed();
    let pins = pinned.sha256();
    let handler = common::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &pins),
        ("CLIENT_CERT_AUDIT", "refusals"),
    ]);
    let header = pinned.header();
    for (path, certificate, times, status) in [
        (SECURED, Some(header.as_str()), 3, 200),
        ("/api/cert-info", Some(&header), 2, 200),
        ("/api/health", None, 4, 200),
        (SECURED, None, 2, 401),
        ("/api/nothing", None, 1, 404),
    ] {
        for _ in 0..times {
            assert_eq!(handler.get(path, certificate).status, status, "{path}");
        }
    }
    let (lines, _) = handler.end();
    let of = |event: &str| {
        lines
            .iter()
            .filter(|line| line["event"] == event)
            .collect::<Vec<_>>()
    };
    let refusals = of("decision");
    assert_eq!(refusals.len(), 2);
    assert!(
        refusals
            .iter()
            .all(|line| line["reason"] == "certificate-absent")
    );
    let access = of("access");
    assert!(
        matches!(access.as_slice(), [line] if line["path"] == "/api/nothing"),
        "{access:?}"
    );
    let calls = of("calls");
    assert_eq!(calls.len(), 1, "{lines:?}");
    let counts = |kind: &str| {
        let rows = calls[0][kind].as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["function"].as_str().unwrap(),
                row["calls"].as_u64().unwrap(),
            )
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(
        counts("admitted"),
        [("CertInfo", 2), ("SecuredFunction", 3)]
    );
    assert_eq!(counts("access"), [("Health", 4)]);
    assert_eq!(calls[0]["admitted"][0]["thumbprint"], pinned.sha256());
}
