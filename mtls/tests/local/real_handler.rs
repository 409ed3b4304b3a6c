//! The whole way, with the handler that is deployed.

use serde_json::{Value, json};

use crate::odd_certificates;
use crate::project::Project;
use crate::running::Running;

fn last(running: &mut Running) -> Value {
    running.request("/api")
}

#[test]
fn public_200_allowed_200_denied_401_none_401() {
    let project = Project::real();
    for host in ["forwarding", "proxying"] {
        let mut running = project.start(&["--host", host]);
        let caller = running.caller();
        let public = caller.get("/api/PublicFunction");
        assert_eq!(public.status, 200, "{public:?}");
        assert_eq!(public.body, r#"{"Msg":"Public Azure Function called"}"#);
        last(&mut running);
        let allowed = caller.named("allowed").get("/api/SecuredFunction");
        assert_eq!(allowed.status, 200, "{allowed:?}");
        assert_eq!(allowed.body, r#"{"Msg":"Secured Azure Function called"}"#);
        let line = last(&mut running);
        assert_eq!(
            (&line["outcome"], &line["function"]),
            (&json!("allow"), &json!("SecuredFunction"))
        );
        let denied = caller.named("denied").get("/api/SecuredFunction");
        assert_eq!(denied.status, 401);
        let line = last(&mut running);
        assert_eq!(line["outcome"], "deny");
        assert!(
            line["reason"].is_string() && line["thumbprint"].is_string(),
            "{line}"
        );
        let none = caller.get("/api/SecuredFunction");
        assert_eq!((none.status, none.body.len()), (401, denied.body.len()));
        assert_eq!(last(&mut running)["certificate"], Value::Null);
    }
}

#[test]
fn a_forged_header_is_401_and_with_pass_forged_the_hole_is_seen() {
    let project = Project::real();
    let value = project.certificate("allowed");
    let forged = [("X-ARR-ClientCert", value.as_str())];
    let running = project.start(&[]);
    let answer = running
        .caller()
        .send("GET", "/api/SecuredFunction", &forged, "");
    assert_eq!(answer.status, 401);
    let denied = running
        .caller()
        .named("denied")
        .send("GET", "/api/SecuredFunction", &forged, "");
    assert_eq!(denied.status, 401);
    drop(running);
    let open = project.start(&["--pass-forged"]);
    let admitted = open
        .caller()
        .send("GET", "/api/SecuredFunction", &forged, "");
    assert_eq!(admitted.status, 200);
    let joined = open
        .caller()
        .named("allowed")
        .send("GET", "/api/SecuredFunction", &forged, "");
    assert_eq!(joined.status, 401);
}

#[test]
fn odd_certificates_are_refused_by_the_handler_and_not_before() {
    let project = Project::real();
    let mut running = project.start(&[]);
    for (name, certificate, key) in odd_certificates::all() {
        let answer = running
            .caller()
            .holding(certificate, key)
            .get("/api/SecuredFunction");
        assert_eq!(answer.status, 401, "{name}");
        let line = last(&mut running);
        assert_eq!(line["outcome"], "deny", "{name}");
        assert_eq!(line["certificate"], name);
    }
}

#[test]
fn a_wrong_setting_stops_the_start_with_the_handlers_own_words() {
    let project = Project::real();
    project.settings(json!({"ALLOWED_CLIENT_CERT_THUMBPRINTS": "no thumbprint"}));
    let mut running = project.launch(&[]);
    running.event(|event| {
        event["event"] == "handler"
            && event["line"]
                .to_string()
                .contains("ALLOWED_CLIENT_CERT_THUMBPRINTS")
    });
    let (status, errors) = running.end();
    assert_eq!(status.code(), Some(64), "{errors}");
    assert!(errors.contains("bin/handler"), "{errors}");
}
