//! `Health` says that the process answers, and nothing else.

mod common;

use common::app;

#[test]
fn a_probe_learns_that_the_process_answers() {
    let handler = app().start(&[]);
    let answer = handler.get("/api/health", None);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, br#"{"status":"ok"}"#);
}
