//! `examples/flask`, served by gunicorn.

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::example::Example;
use crate::killed::{self, Route};
use crate::readme;

const PACKAGES: &str = ".python_packages";
const CERT_INFO: &str = "/api/cert-info";

fn json_of(caller: &Caller, path: &str) -> Value {
    let answer = caller.get(path);
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn its_readme_works() {
    readme::run("flask", PACKAGES);
}

#[test]
fn flask_gets_requests_of_admitted_callers_alone() {
    let Some(example) = Example::gated("flask", PACKAGES) else {
        return;
    };
    for host in ["forwarding", "proxying"] {
        let mut served = example.start(&["--host", host]);
        for caller in [served.nobody(), served.denied()] {
            assert_eq!(caller.get(CERT_INFO).status, 401, "{host}");
            assert_eq!(caller.get("/api/outbound-mtls").status, 401, "{host}");
        }
        assert_eq!(json_of(&served.denied(), "/api/health")["status"], "ok");
        let info = json_of(&served.allowed(), CERT_INFO);
        assert_eq!(info["commonName"], "Allowed Caller");
        assert_eq!(info["thumbprint"].as_str().unwrap().len(), 64, "{info}");
        assert_eq!(info["url"], format!("{}{CERT_INFO}", served.url()));
        // gunicorn's own log: the health check, and the one call that was admitted.
        let cert_info = "\"GET /cert-info HTTP";
        assert_eq!(served.logged(cert_info, cert_info), 1, "{host}");
        assert_eq!(served.logged("/outbound-mtls", cert_info), 0, "{host}");
    }
}

#[test]
fn without_proxy_fix_flask_builds_addresses_of_its_own() {
    let Some(example) = Example::gated("flask", PACKAGES) else {
        return;
    };
    example.edit("app.py", "app.wsgi_app = ProxyFix(", "_ = ProxyFix(");
    let served = example.start(&[]);
    let url = json_of(&served.allowed(), CERT_INFO)["url"].clone();
    let url = url.as_str().unwrap();
    // gunicorn takes the scheme from X-Forwarded-Proto by itself, and nothing else.
    assert!(
        url.starts_with("https://127.0.0.1:") && url.ends_with("/cert-info"),
        "{url}"
    );
    assert!(!url.contains("/api/"), "{url}");
}

#[test]
fn flask_calls_with_a_certificate_of_its_own_what_another_gate_guards() {
    let Some(remote) = Example::gated("flask", PACKAGES) else {
        return;
    };
    let example = Example::gated("flask", PACKAGES).unwrap();
    let remote_served = remote.start(&[]);
    let certificates = remote.path().join("certs");
    let certificate = |name: &str| certificates.join(name).to_str().unwrap().to_owned();
    example.set(
        "REMOTE_API_URL",
        &format!("{}{CERT_INFO}", remote_served.url()),
    );
    example.set("OUTBOUND_CLIENT_CERT_PASSWORD", "Pa@@word123");
    example.set("OUTBOUND_TRUST_ANCHORS", &certificate("ca.pem"));
    for (file, status, expected) in [
        (
            "allowed.pfx",
            200,
            json!({"upstreamStatus": 200, "clientCertificatePath": "allowed.pfx"}),
        ),
        (
            "denied.pfx",
            502,
            json!({"upstreamStatus": 401, "reason": "upstream-status"}),
        ),
    ] {
        example.set("OUTBOUND_CLIENT_CERT_PATH", &certificate(file));
        let served = example.start(&[]);
        let answer = served.allowed().get("/api/outbound-mtls");
        assert_eq!(answer.status, status, "{answer:?}");
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer, expected);
    }
}

const ROUTE: Route = Route {
    path: CERT_INFO,
    contains: "\"commonName\":\"Allowed Caller\"",
};

#[test]
fn gunicorn_killed_under_load_leaves_no_wrong_answer_and_no_process() {
    if let Some(example) = Example::gated("flask", PACKAGES) {
        killed::servers(&example, ROUTE);
    }
}
