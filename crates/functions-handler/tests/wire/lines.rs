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
