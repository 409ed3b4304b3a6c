//! `SecuredFunction` answers callers whose certificate is admitted.

mod common;

use common::{app, caller, stranger};

#[test]
fn an_admitted_caller_is_answered_and_nobody_else() {
    let caller = caller();
    let handler = app().start(&caller.admitted());
    let call = |certificate: Option<&str>| handler.get("/api/SecuredFunction", certificate);
    let answer = call(Some(&caller.certificate.header()));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, br#"{"Msg":"Secured Azure Function called"}"#);
    assert_eq!(call(Some(&stranger().header())).status, 401);
    assert_eq!(call(None).status, 401);
}
