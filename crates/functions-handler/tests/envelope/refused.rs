//! Callers whom a decision refuses, inside an envelope.

use functions_handler::functions::Registry;
use serde_json::{Value, json};

use crate::common::process::{get, reason};
use crate::common::server::Server;
use crate::{ID, caller, echo, envelope, inside, post, post_chunked, queue, signed, start};

#[test]
fn a_refusal_travels_inside_and_looks_as_it_does_outside() {
    let caller = caller();
    let server = start(&caller);
    let outside = server.exchange(&get("/api/raw", None));
    assert_eq!(outside.status, 401);
    let raw_line = server.line();
    let denied = envelope(&json!({"Host": ["localhost"]}), Some("order 7"));
    for request in [
        post(server.port, "/Secured", &denied),
        post_chunked(server.port, "/Secured", &denied),
    ] {
        let answer = server.exchange(&request);
        let res = inside(&answer);
        assert_eq!(
            answer.json()["Outputs"].as_object().unwrap().len(),
            1,
            "no other output"
        );
        assert_eq!(res["statusCode"], 401);
        for name in ["content-type", "www-authenticate", "cache-control"] {
            assert_eq!(
                res["headers"][name].as_str(),
                outside.header(name),
                "{name}"
            );
        }
        assert_eq!(res["headers"].as_object().unwrap().len(), 3);
        let mut document: Value = serde_json::from_str(res["body"].as_str().unwrap()).unwrap();
        assert_eq!(document["invocationId"], ID);
        document["invocationId"] = outside.json()["invocationId"].clone();
        assert_eq!(document, outside.json());
        assert_eq!(res["body"].as_str().unwrap().len(), outside.body.len());
        let line = server.line();
        for field in ["event", "outcome", "reason", "detail"] {
            assert_eq!(line[field], raw_line[field], "{field}");
        }
        assert_eq!(line["function"], "Secured");
    }
}

#[test]
fn a_role_that_is_missing_is_403_inside() {
    let caller = caller();
    let registry = Registry::new().secured("Audit", |_, invocation| echo(invocation));
    let server = Server::start(
        vec![queue("Audit", &json!({"roles": ["auditor"]}))],
        registry,
        &caller,
    );
    let answer = server.exchange(&post(
        server.port,
        "/Audit",
        &envelope(&signed(&caller), None),
    ));
    let res = inside(&answer);
    assert_eq!(res["statusCode"], 403);
    assert_eq!(res["headers"]["www-authenticate"], Value::Null);
    assert_eq!(server.line()["reason"], "role-missing");
}

#[test]
fn a_request_inside_that_names_another_host_is_refused() {
    let caller = caller();
    let server = start(&caller);
    let with = |name: &str, value: &str| {
        let mut headers = signed(&caller);
        headers[name] = json!([value]);
        let post = post(server.port, "/Secured", &envelope(&headers, None));
        let status = inside(&server.exchange(&post))["statusCode"].clone();
        (status, json!(reason(&server.line())))
    };
    let admitted = (json!(202), json!("admitted"));
    let refused = (json!(401), json!("host-not-local"));
    for (name, value, expected) in [
        ("Host", "localhost:7071", &admitted),
        ("Host", "[::1]:7071", &admitted),
        ("Host", "rebound.example:7071", &refused),
        ("host", "rebound.example:7071", &refused),
        ("X-Forwarded-Host", "localhost:7071", &admitted),
        ("X-Forwarded-Host", "rebound.example", &refused),
        ("x-original-host", "rebound.example", &refused),
    ] {
        assert_eq!(with(name, value), *expected, "{name}: {value}");
    }
}

#[test]
fn exactly_one_certificate_counts_over_all_spellings() {
    let caller = caller();
    let server = start(&caller);
    let good = caller.header();
    let table = [
        (format!(r#"{{"X-ARR-ClientCert": ["{good}"]}}"#), "admitted"),
        (format!(r#"{{"x-arr-clientcert": ["{good}"]}}"#), "admitted"),
        (format!(r#"{{"X-ARR-CLIENTCERT": "{good}"}}"#), "admitted"),
        ("{}".to_owned(), "certificate-absent"),
        (r#"{"X-ARR-ClientCert": []}"#.to_owned(), "header-empty"),
        (r#"{"X-ARR-ClientCert": [""]}"#.to_owned(), "header-empty"),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}", "{good}"]}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}"], "x-arr-clientcert": ["{good}"]}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}"], "X-ARR-ClientCert": ["{good}"]}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}"], "X-Arr-ClientCert": []}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}, {good}"]}}"#),
            "header-joined",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}\n"]}}"#),
            "header-encoding",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["\u00e4{good}"]}}"#),
            "header-encoding",
        ),
        (
            format!(r#"{{"X_ARR_ClientCert": ["{good}"]}}"#),
            "certificate-absent",
        ),
    ];
    for (headers, expected) in table {
        let members = headers.trim_start_matches('{');
        let headers = match members {
            "}" => r#"{"Host": "localhost"}"#.to_owned(),
            _ => format!(r#"{{"Host": "localhost", {members}"#),
        };
        let text = format!(
            r#"{{"Data": {{"req": {{"Url": "https://a/api/x", "Method": "POST", "Headers": {headers}}}}}}}"#
        );
        let answer = server.exchange(&post(server.port, "/Secured", &text));
        let res = inside(&answer);
        let line = server.line();
        assert_eq!(reason(&line), expected, "{headers}");
        let status = if expected == "admitted" { 202 } else { 401 };
        assert_eq!(res["statusCode"], status, "{headers}");
        assert_eq!(answer.json()["Outputs"]["message"].is_null(), status == 401);
    }
    // The header of the post itself, or anything else in the envelope, is no certificate.
    let elsewhere = json!({
        "Data": {"req": {"Url": "x", "Method": "POST", "headers": signed(&caller), "Params": signed(&caller)["none"]}},
        "Metadata": {"Headers": {"X-ARR-ClientCert": good}},
        "Headers": signed(&caller),
    });
    let answer = server.exchange(&post(server.port, "/Secured", &elsewhere.to_string()));
    assert_eq!(inside(&answer)["statusCode"], 401);
}
