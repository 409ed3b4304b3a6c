//! The line about an admitted call: what is in it, in which order, and how long it gets.

use std::sync::Arc;
use std::time::Duration;

use client_cert::{Condition, FrontEnd, MAX_NAME_BYTES, Rule, Window};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use test_support::Shape;

use crate::functions::UpstreamAnswer;
use crate::host::contract::FUNCTION_NAME_LENGTH;
use crate::log::answered::Answered;
use crate::log::decision_line::DecisionLine;
use crate::log::line_format::text;
use crate::log::{Subject, rule_text};

use super::permits::{permit, pin};

/// What an operator pays for, twice: see `docs/operations.md`.
const USUAL_BYTES: usize = 500;

/// The longest line, whatever callers, policies and the app are called.
const LONGEST_BYTES: usize = 2_048;

fn subject(function: &str, method: &str) -> Subject {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (
            "x-azure-functions-invocationid",
            "3d0f54fc-b987-47b3-b57f-4544f0f61e2b",
        ),
        (
            "traceparent",
            "00-fcd93cadb9adabcf5d1f028c4d86390c-df1d692664e9744d-00",
        ),
        ("client-ip", "203.0.113.107:51234"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let function: Arc<str> = function.into();
    Subject::new(method, &headers, FrontEnd::AppService).of(&function)
}

fn ok() -> Answered {
    let mut answered = Answered::default();
    answered.status(StatusCode::OK);
    answered
}

/// The members of a compact object of this depth, in their order.
fn members(line: &str) -> Vec<String> {
    let object: Value = serde_json::from_str(line).unwrap();
    let mut names: Vec<_> = object.as_object().unwrap().keys().cloned().collect();
    names.sort_by_key(|name| line.find(&format!("\"{name}\":")).unwrap());
    names
}

#[test]
fn a_usual_line_says_everything_once_and_is_short() {
    let certificate = Shape::caller("api-client").valid_today().self_signed();
    let rule = pin(&format!("sha256:{}", certificate.sha256()));
    let roles = ["clerk".to_owned()];
    let permit = permit(Some("billing-service"), &roles, rule, &certificate.header());
    let subject = subject("SecuredFunction", "GET");
    let rule = rule_text(&permit.rule().to_string(), permit.principal());
    let line = text(&DecisionLine::admitted(&subject, &permit, &rule, ok()));
    let line = String::from_utf8(line).unwrap();
    assert_eq!(
        members(&line).join(" "),
        "time event invocationId traceId function method outcome caller roles rule thumbprint notAfter policy status address"
    );
    assert!(line.len() <= USUAL_BYTES, "{}: {line}", line.len());
    assert_eq!(line.matches(&certificate.sha256()).count(), 1, "{line}");
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["address"], "203.0.113.107");
    assert_eq!(
        value["rule"],
        format!("pin sha256:{}...", &certificate.sha256()[..16])
    );
}

#[test]
fn no_legal_name_makes_a_line_longer_than_its_bound() {
    let certificate = Shape::caller("x").valid_today().self_signed();
    let roles: Vec<String> = (0..1000).map(|number| format!("{number:064}")).collect();
    let name = "n".repeat(MAX_NAME_BYTES);
    // As many conditions as a rule may have, each of which the log writes with escapes.
    let digest = format!("sha256:{}", certificate.sha256()).parse().unwrap();
    let conditions = vec![Condition::Thumbprint(digest); 100];
    let rule = Rule::new(conditions, None, Window::ALWAYS).unwrap();
    let permit = permit(Some(&name), &roles, rule, &certificate.header());
    let function = "F".repeat(FUNCTION_NAME_LENGTH);
    let subject = subject(&function, &"\u{10ffff}\"\\".repeat(500));
    let mut answered = ok();
    answered.upstream(&UpstreamAnswer {
        status: Some(StatusCode::OK),
        time: Duration::MAX,
    });
    let hostile = "\"\u{202e}\\".repeat(2000);
    for rule in [permit.rule().to_string(), hostile] {
        let rule = rule_text(&rule, permit.principal());
        let line = DecisionLine {
            revocation: Some("not-configured"),
            ..DecisionLine::admitted(&subject, &permit, &rule, answered)
        };
        let line = text(&line);
        assert!(line.len() <= LONGEST_BYTES, "{}", line.len());
        let value: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(value["moreRoles"], 1000 - 8);
        assert_eq!(value["roles"].as_array().unwrap().len(), 8);
        assert!(value["rule"].as_str().unwrap().ends_with('…'));
    }
}
