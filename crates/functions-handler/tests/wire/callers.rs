//! Who is admitted, and how a refusal looks.

use crate::common::process::get;
use crate::common::{self, Shape};
use crate::{Gate, SECURED};

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
