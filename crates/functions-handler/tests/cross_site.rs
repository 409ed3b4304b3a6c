//! Requests that a page of another site makes a browser send, in both dialects.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::process::{Answer, Handler};
use common::{Issued, Shape};
use serde_json::{Value, json};

const LISTED: &str = "https://app.example";

fn start(origins: &[(&str, &str)]) -> (Handler, Issued) {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let thumbprint = caller.sha256();
    let mut settings = vec![
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", thumbprint.as_str()),
    ];
    settings.extend_from_slice(origins);
    let root = common::fixture().app_root();
    // A function that may be asked for by OPTIONS.
    for name in ["SecuredFunction", "QueueOutput"] {
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
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!(
        "{method} /api/SecuredFunction HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{lines}\r\n"
    );
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
    let (handler, caller) = start(&[("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)]);
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
            assert_eq!(line["reason"], if admitted { "admitted" } else { "cross-site" });
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
    let (handler, _) = start(&[("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)]);
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
fn without_the_setting_no_other_origin_calls() {
    let (handler, caller) = start(&[]);
    let certificate = caller.header();
    let headers = [("Origin", LISTED), ("X-ARR-ClientCert", &certificate)];
    assert_eq!(raw(&handler, "POST", &headers).status, 401);
}
