//! `CertInfo`, called through the real handler: it answers admitted callers.

#![allow(missing_docs, unreachable_pub, reason = "a test's own parts")]

mod common;

use common::app;
use test_support::Shape;

#[test]
fn admitted_callers_are_answered_and_others_refused() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let handler = app().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ]);
    let answer = handler.get("/api/cert-info", Some(&caller.header()));
    assert_eq!(answer.status, 200);
    let shown = answer.json();
    assert_eq!(shown["commonName"], "caller");
    assert_eq!(shown["sha256Thumbprint"], caller.sha256());
    assert_eq!(shown["rule"], format!("pin sha256:{}", caller.sha256()));
    assert_eq!(shown["revocation"], "not-configured");
    assert_eq!(handler.get("/api/cert-info", None).status, 401);
}

#[test]
fn a_caller_of_a_policy_document_sees_its_name_and_roles() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let root = app().app_root();
    let document = format!(
        r#"{{"version": 1, "callers": [{{"name": "billing", "roles": ["clerk"], "any": [{{"sha256": "{}"}}]}}]}}"#,
        caller.sha256()
    );
    std::fs::write(root.path().join("policy.json"), document).unwrap();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let handler = app().start_in(root, &settings);
    let shown = handler.get("/api/cert-info", Some(&caller.header())).json();
    assert_eq!(shown["caller"], "billing");
    assert_eq!(shown["roles"], serde_json::json!(["clerk"]));
    assert!(shown["policy"].is_string(), "{shown}");
}
