//! `SecuredFunction`, called through the real handler: it answers admitted callers.

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
    assert_eq!(
        handler
            .get("/api/SecuredFunction", Some(&caller.header()))
            .status,
        200
    );
    assert_eq!(handler.get("/api/SecuredFunction", None).status, 401);
}
