//! The whole way, with the handler that is deployed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::x509::X509;
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
    let pem = std::fs::read(project.folder.path().join("certs/allowed.pem")).unwrap();
    let value = STANDARD.encode(X509::from_pem(&pem).unwrap().to_der().unwrap());
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

/// A page whose name was made to resolve to 127.0.0.1 (DNS rebinding) reaches the front end, with a certificate if the
/// browser has one. Its name is passed on, and so the handler sees that nobody on this machine has written the address.
#[test]
fn only_a_loopback_name_counts_as_the_host_of_a_local_call() {
    let project = Project::real();
    for dialect in ["forwarding", "proxying"] {
        let mut running = project.start(&["--host", dialect]);
        let caller = running.caller().named("allowed");
        let port = caller.port;
        let own = format!("localhost:{port}");
        for (host, forwarded, status) in [
            (own.clone(), None, 200),
            (format!("127.0.0.1:{port}"), None, 200),
            (format!("[::1]:{port}"), None, 200),
            ("LOCALHOST".to_owned(), None, 200),
            (format!("evil.example:{port}"), None, 401),
            ("localhost.evil.example".to_owned(), None, 401),
            ("127.0.0.1.evil.example".to_owned(), None, 401),
            (own.clone(), Some("X-Original-Host: evil.example\r\n"), 401),
        ] {
            let more = forwarded.unwrap_or_default();
            let request = format!(
                "GET /api/SecuredFunction HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"
            );
            let answer = caller.raw(request.as_bytes());
            assert_eq!(answer.status, status, "{dialect} {host} {more}");
            let reason = if status == 200 {
                "admitted"
            } else {
                "host-not-local"
            };
            assert_eq!(last(&mut running)["reason"], reason, "{dialect} {host}");
        }
        let absolute = format!(
            "GET http://evil.example/api/SecuredFunction HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(caller.raw(absolute.as_bytes()).status, 401, "{dialect}");
    }
}
