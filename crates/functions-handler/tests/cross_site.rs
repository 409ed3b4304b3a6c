//! Requests that a page of another site makes a browser send, in both dialects.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::process::{Answer, Handler, reason};
use common::{Issued, Shape};
use serde_json::{Value, json};

const LISTED: &str = "https://app.example";
const BOTH_SECURED: [&str; 2] = ["SecuredFunction", "QueueOutput"];

/// The fixture app; the functions in `takes_options` list OPTIONS among their methods.
fn start(takes_options: &[&str], origins: &[(&str, &str)]) -> (Handler, Issued) {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let thumbprint = caller.sha256();
    let mut settings = vec![
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", thumbprint.as_str()),
    ];
    settings.extend_from_slice(origins);
    let root = common::fixture().app_root();
    for name in takes_options {
        let file = root.path().join(name).join("function.json");
        let text = std::fs::read_to_string(&file).unwrap();
        let start = text.find(r#""methods": ["#).unwrap();
        let end = start + text[start..].find(']').unwrap();
        let text = format!(
            r#"{}"methods": ["get", "post", "options"{}"#,
            &text[..start],
            &text[end..]
        );
        std::fs::write(file, text).unwrap();
    }
    (common::fixture().start_in(root, &settings), caller)
}

fn raw(handler: &Handler, method: &str, headers: &[(&str, &str)]) -> Answer {
    raw_at(handler, method, "/api/SecuredFunction", headers)
}

fn raw_at(handler: &Handler, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{lines}\r\n");
    handler.exchange(request.as_bytes()).unwrap()
}

/// The answer inside.
fn enveloped(handler: &Handler, method: &str, headers: &[(&str, &str)]) -> Value {
    let mut members = json!({"Host": ["localhost"]});
    for (name, value) in headers {
        members[name] = json!([value]);
    }
    let request = json!({"Url": "https://a/api/QueueOutput", "Method": method, "Headers": members, "Body": "text"});
    let text = json!({"Data": {"req": request}}).to_string();
    let request = format!(
        "POST /QueueOutput HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
         X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\nContent-Length: {}\r\n\r\n{text}",
        handler.port,
        text.len()
    );
    handler.exchange(request.as_bytes()).unwrap().json()["Outputs"].clone()
}

#[test]
#[rustfmt::skip]
fn only_our_own_pages_and_those_of_listed_origins_call() {
    let (handler, caller) = start(&BOTH_SECURED, &[("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)]);
    let certificate = caller.header();
    let table: [(&[(&str, &str)], bool); 15] = [
        (&[], true),
        (&[("Sec-Fetch-Site", "none")], true),
        (&[("Sec-Fetch-Site", "same-origin")], true),
        (&[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://us.example")], true),
        (&[("Sec-Fetch-Site", "cross-site")], false),
        (&[("Sec-Fetch-Site", "same-site")], false),
        (&[("Sec-Fetch-Site", "Same-Origin")], false),
        (&[("Sec-Fetch-Site", "none, none")], false),
        (&[("Sec-Fetch-Site", "")], false),
        (&[("Origin", "https://localhost")], false),
        (&[("Origin", "null")], false),
        (&[("Origin", "https://app.example.evil")], false),
        (&[("Origin", LISTED)], true),
        (&[("Origin", LISTED), ("Sec-Fetch-Site", "cross-site")], true),
        (&[("Origin", "https://app.example, https://app.example"), ("Sec-Fetch-Site", "cross-site")], false),
    ];
    let unlisted = raw(&handler, "GET", &[]).shape();
    handler.decision();
    for (headers, admitted) in table {
        let mut headers = headers.to_vec();
        headers.push(("X-ARR-ClientCert", &certificate));
        for method in ["GET", "POST"] {
            let answer = raw(&handler, method, &headers);
            assert_eq!(answer.status, if admitted { 200 } else { 401 }, "{method} {headers:?}");
            let line = handler.decision();
            assert_eq!(reason(&line), if admitted { "admitted" } else { "cross-site" });
            if !admitted {
                assert_eq!(answer.shape(), unlisted, "it looks like any other refusal");
            }
            let listed = headers.contains(&("Origin", LISTED));
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!(allowed, listed.then_some(LISTED), "{headers:?}");
            assert_eq!(answer.header("access-control-allow-credentials"), listed.then_some("true"));
        }
        let outputs = enveloped(&handler, "POST", &headers);
        assert_eq!(outputs["res"]["statusCode"], if admitted { 202 } else { 401 }, "{headers:?}");
        assert_eq!(outputs["message"].is_null(), !admitted, "nothing is queued");
        handler.decision();
    }
    // A public function has nothing to protect.
    let open = "GET /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n\r\n";
    assert_eq!(handler.exchange(open.as_bytes()).unwrap().status, 200);
}

#[test]
fn a_preflight_of_a_listed_origin_is_answered_without_a_certificate() {
    let (handler, _) = start(&BOTH_SECURED, &[("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)]);
    let preflight = [
        ("Origin", LISTED),
        ("Sec-Fetch-Site", "cross-site"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,x-a"),
    ];
    let expected = [
        ("access-control-allow-origin", LISTED),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "content-type,x-a"),
    ];
    let outside = raw(&handler, "OPTIONS", &preflight);
    let inside = enveloped(&handler, "OPTIONS", &preflight);
    assert_eq!(
        (outside.status, &inside["res"]["statusCode"]),
        (200, &json!(200))
    );
    assert!(inside["message"].is_null(), "the function did not run");
    assert!(outside.body.is_empty());
    for (name, value) in expected {
        assert_eq!(outside.header(name), Some(value));
        assert_eq!(inside["res"]["headers"][name], value);
    }
    let mut other = preflight;
    other[0].1 = "https://other.example";
    assert_eq!(raw(&handler, "OPTIONS", &other).status, 401);
    assert_eq!(
        enveloped(&handler, "OPTIONS", &other)["res"]["statusCode"],
        401
    );
    // Without the header that makes it one, it is a call like any other.
    assert_eq!(raw(&handler, "OPTIONS", &preflight[..2]).status, 401);
}

#[test]
#[rustfmt::skip]
fn a_preflight_that_no_function_takes_is_answered_for_the_call_that_it_announces_and_runs_nothing() {
    let (handler, caller) = start(&[], &[("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)]);
    let certificate = caller.header();
    let asked = |method| ("Access-Control-Request-Method", method);
    let listed = ("Origin", LISTED);
    let other = ("Origin", "https://other.example");
    let same = ("Sec-Fetch-Site", "same-origin");
    let admitted = ("X-ARR-ClientCert", certificate.as_str());
    let refusal = raw(&handler, "GET", &[]).shape();
    handler.decision();
    let expect = |path: &str, headers: &[(&str, &str)], status: u16| {
        let answer = raw_at(&handler, "OPTIONS", path, headers);
        assert_eq!(answer.status, status, "{path} {headers:?}");
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, (status == 200).then_some(LISTED), "{path} {headers:?}");
        match status {
            200 => assert!(answer.body.is_empty(), "the implementation did not run"),
            401 => {
                assert_eq!(answer.shape(), refusal, "it looks like any other refusal");
                assert_eq!(handler.decision()["reason"], "cross-site");
            }
            _ => {}
        }
    };
    expect("/api/SecuredFunction", &[listed, asked("POST")], 200);
    expect("/api/SecuredFunction", &[listed, asked("GET")], 200);
    expect("/api/SecuredFunction", &[listed, asked("POST"), admitted], 200);
    expect("/api/SecuredFunction", &[listed, asked("DELETE")], 404);
    expect("/api/SecuredFunction", &[listed], 404);
    expect("/api/SecuredFunction", &[asked("POST")], 404);
    expect("/api/SecuredFunction", &[listed, listed, asked("POST")], 404);
    expect("/api/SecuredFunction", &[other, asked("POST")], 401);
    expect("/api/SecuredFunction", &[other, asked("POST"), admitted], 401);
    expect("/api/SecuredFunction", &[other, same, asked("POST"), admitted], 401);
    // A public function answers pages itself, or not at all.
    expect("/api/PublicFunction", &[listed, asked("POST")], 404);
    expect("/api/Nothing", &[listed, asked("POST")], 404);
    // A function that the host delivers by envelope has no route here.
    expect("/api/QueueOutput", &[listed, asked("POST")], 404);
}

#[test]
fn a_public_function_that_lists_options_answers_preflights_itself() {
    let (handler, _) = start(
        &["PublicFunction"],
        &[("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)],
    );
    let preflight = [
        ("Origin", LISTED),
        ("Access-Control-Request-Method", "POST"),
    ];
    let answer = raw_at(&handler, "OPTIONS", "/api/PublicFunction", &preflight);
    assert_eq!(answer.status, 200);
    assert!(!answer.body.is_empty(), "the implementation ran");
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn without_the_setting_no_other_origin_calls() {
    let (handler, caller) = start(&BOTH_SECURED, &[]);
    let certificate = caller.header();
    let headers = [("Origin", LISTED), ("X-ARR-ClientCert", &certificate)];
    assert_eq!(raw(&handler, "POST", &headers).status, 401);
}
