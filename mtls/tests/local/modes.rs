//! The client certificate modes and exclusion paths, as App Service documents them.

use openssl::ssl::SslVersion;
use serde_json::json;

use crate::project::Project;

#[test]
fn required_stops_callers_without_a_certificate_itself() {
    let project = Project::new();
    let mut running = project.start(&["--mode", "required"]);
    let refused = running.caller().get("/api/echo/x");
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (403, "Client Certificate Required")
    );
    assert_eq!(
        running.request("/api/echo/x")["stopped"],
        "client-certificate-required"
    );
    let admitted = running.caller().named("allowed").get("/api/echo/x");
    assert_eq!((admitted.status, admitted.certificates().len()), (200, 1));
}

#[test]
fn the_dialect_is_the_one_that_host_json_switches_on() {
    let project = Project::new();
    for (forwarding, proxying, is_proxied) in [
        (true, true, false),
        (true, false, false),
        (false, true, true),
    ] {
        project.host_json(
            "/customHandler",
            "enableForwardingHttpRequest",
            json!(forwarding),
        );
        project.host_json(
            "/customHandler",
            "enableProxyingHttpRequest",
            json!(proxying),
        );
        let answer = project.start(&[]).caller().get("/api/echo/x");
        // A proxying host alone puts the handler's own address in place of the caller's.
        let host = answer.values("host");
        assert_eq!(
            host[0].starts_with("127.0.0.1:"),
            is_proxied,
            "{forwarding} {proxying}: {host:?}"
        );
    }
}

#[test]
fn ignore_asks_for_nothing_and_sets_nothing() {
    let project = Project::new();
    let running = project.start(&["--mode", "ignore"]);
    let answer = running.caller().named("allowed").send(
        "GET",
        "/api/echo/x",
        &[("X-ARR-ClientCert", "forged")],
        "",
    );
    assert_eq!((answer.status, answer.certificates()), (200, Vec::new()));
}

#[test]
fn optional_speaks_tls_1_3_and_sets_no_limit() {
    let project = Project::new();
    let running = project.start(&[]);
    let body = "x".repeat(100 * 1024 + 1);
    let answer = running.caller().send("POST", "/api/echo/x", &[], &body);
    assert_eq!((answer.status, answer.tls), (200, "TLSv1.3"));
}

#[test]
fn interactive_users_meet_the_limits_of_renegotiation() {
    let project = Project::new();
    let running = project.start(&["--mode", "optional-interactive-user"]);
    let caller = running.caller().named("allowed");
    let within = caller.send("POST", "/api/echo/x", &[], &"x".repeat(100 * 1024));
    assert_eq!((within.status, within.tls), (200, "TLSv1.2"));
    let over = caller.send("POST", "/api/echo/x", &[], &"x".repeat(100 * 1024 + 1));
    assert_eq!(over.status, 403);
    let chunk = "19001\r\n".to_owned() + &"x".repeat(100 * 1024 + 1) + "\r\n0\r\n\r\n";
    let chunked = format!(
        "POST /api/echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
    );
    assert_eq!(caller.raw(chunked.as_bytes()).status, 403);
    assert!(caller.speaking(SslVersion::TLS1_3).connect().is_err());
}

#[test]
fn an_excluded_prefix_skips_the_certificate_on_the_way_in_and_arrives_elsewhere() {
    let project = Project::new();
    project.function("Health", "none", json!({"route": "health/{*rest}"}));
    project.function("SecuredFunction", "required", json!({"methods": ["get"]}));
    let running = project.start(&["--mode", "required", "--exclude", "/api/Health"]);
    let answer = running.caller().get("/api/health/..%5CSecuredFunction");
    assert_eq!((answer.status, answer.tls), (200, "TLSv1.2"));
    assert!(
        answer.received()[0].starts_with("GET /api/SecuredFunction "),
        "{answer:?}"
    );
    let certified = running.caller().named("allowed").get("/API/HEALTH/x");
    assert_eq!(certified.certificates(), Vec::<String>::new());
    assert_eq!(running.caller().get("/api/SecuredFunction").status, 403);
}
