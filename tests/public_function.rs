//! `PublicFunction`, called through the real handler: it answers anyone.

#![allow(missing_docs, unreachable_pub, reason = "a test's own parts")]

mod common;

use common::app;

#[test]
fn anybody_is_answered() {
    let handler = app().start(&[]);
    assert_eq!(handler.get("/api/PublicFunction", None).status, 200);
}
