//! `CertInfo` shows admitted callers what was read from their certificate.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{app, caller};

#[test]
fn an_admitted_caller_sees_their_certificate() {
    let caller = caller();
    let handler = app().start(&caller.admitted());
    let answer = handler.get("/api/cert-info", Some(&caller.certificate.header()));
    assert_eq!(answer.status, 200);
    let seen = answer.json();
    assert_eq!(seen["commonName"], "caller");
    assert_eq!(seen["subject"], "CN=caller");
    assert_eq!(seen["sha256Thumbprint"], caller.certificate.sha256());
    assert_eq!(seen["sha1Thumbprint"], caller.certificate.sha1());
    assert!(seen["notAfter"].as_str().unwrap().ends_with('Z'));
    assert!(seen["serial"].is_string());
    assert_eq!(handler.get("/api/cert-info", None).status, 401);
}
