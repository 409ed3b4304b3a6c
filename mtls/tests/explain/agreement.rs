//! The handler and the explanation of the same certificate.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::process::{reason, rule_in};
use crate::common::{self, DAY, Issued, Shape, mtls_with_input, today};

/// The handler decides, and logs; the explanation of the same certificate and settings says the same.
#[test]
fn the_handler_and_the_explanation_agree() {
    let authority = Shape::authority("Authority").valid_today().self_signed();
    let shape = |name: &str| Shape::caller(name).valid_today();
    let listed = shape("listed").self_signed();
    let server = Shape {
        extended_key_usage: Some(vec!["serverAuth"]),
        ..shape("server")
    }
    .self_signed();
    let expired = Shape {
        not_after: today() - DAY,
        not_before: today() - 2 * DAY,
        ..Shape::caller("partner")
    };
    let callers = [
        listed.clone(),
        server.clone(),
        authority.issue(shape("partner")),
        authority.issue(expired),
        authority.issue(shape("other")),
        shape("partner").self_signed(),
    ];
    let root = common::fixture().app_root();
    fs::write(root.path().join("ca.pem"), authority.pem()).unwrap();
    let pins = format!("{},{}", listed.sha256(), server.sha1());
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", pins.as_str()),
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner"),
        ("CLIENT_CERT_TRUST_ANCHORS", "ca.pem"),
    ];
    let lines: Vec<String> = settings
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fs::write(root.path().join("app.settings"), lines.join("\n")).unwrap();
    let folder = root.path().to_owned();
    let handler = common::fixture().start_in(root, &settings);
    let mut reasons = Vec::new();
    for caller in callers {
        let status = handler
            .get("/api/SecuredFunction", Some(&caller.header()))
            .status;
        let decided = handler.decision();
        let report = explain_header(&folder, &caller);
        assert_eq!(report["status"].as_u64().unwrap_or(200), u64::from(status));
        let explained = report["reason"].as_str().unwrap_or("admitted");
        assert_eq!(explained, reason(&decided));
        let rule = report["rule"].as_str().map(|rule| rule_in(&decided, rule));
        assert_eq!(rule.as_deref(), decided["rule"].as_str());
        reasons.push(explained.to_owned());
    }
    let expected = [
        "admitted",
        "extended-key-usage",
        "admitted",
        "certificate-expired",
        "not-listed",
        "path-unverified",
    ];
    assert_eq!(reasons, expected);
}

fn explain_header(folder: &Path, caller: &Issued) -> Value {
    let arguments = [
        "explain",
        "--settings",
        "app.settings",
        "--certificate",
        "-",
    ];
    let arguments = [&arguments[..], &["--function", "SecuredFunction", "--json"]].concat();
    mtls_with_input(folder, &[], &arguments, caller.header().as_bytes()).json()
}
