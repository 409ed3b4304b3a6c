//! `PublicFunction` answers anyone.

mod common;

use common::app;

#[test]
fn anyone_is_answered() {
    let handler = app().start(&[]);
    let answer = handler.get("/api/PublicFunction", None);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, br#"{"Msg":"Public Azure Function called"}"#);
}
