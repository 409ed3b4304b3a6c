//! Lines about hostile requests; what lines about calls hold.

mod admitted;
mod counted;
mod permits;

use std::sync::Arc;

use client_cert::FrontEnd;
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::access_line::AccessLine;
use super::answered::Answered;
use super::caller_text::CallerText;
use super::decision_line::DecisionLine;
use super::failure_line::FailureLine;
use super::subject::Subject;

/// A request whose every text is hostile.
fn subject(function: &str, method: &str) -> Subject {
    let function: Arc<str> = function.into();
    Subject::new(method, &HeaderMap::new(), FrontEnd::Development).of(&function)
}

/// What a reader of the log reads.
fn read(line: &impl Serialize) -> Value {
    let text = serde_json::to_string(line).unwrap();
    assert!(!text.contains(['\n', '\r']), "one line: {text:?}");
    serde_json::from_str(&text).unwrap()
}

/// Text with what ends lines and strings, and what terminals act upon.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\\\r\\n\\x00-\\x1f\\x7f{}:,\u{202e}\u{2028}a]{0,200}",
    ]
}

proptest! {
    #[test]
    fn every_line_reads_back_as_what_was_written(
        function in hostile(),
        method in hostile(),
        path in hostile(),
        holder in hostile(),
        detail in hostile(),
    ) {
        let subject = subject(&function, &method);
        let shown = serde_json::to_value(CallerText::new(&method)).unwrap();
        let line = DecisionLine {
            subject: Some(&holder),
            detail: Some(detail.clone()),
            ..DecisionLine::new(&subject, "deny", unauthorized())
        };
        let value = read(&line);
        prop_assert_eq!(value["function"].as_str(), Some(function.as_str()));
        prop_assert_eq!(value["subject"].as_str(), Some(holder.as_str()));
        prop_assert_eq!(value["detail"].as_str(), Some(detail.as_str()));
        prop_assert_eq!(&value["method"], &shown);
        prop_assert_eq!(value["outcome"].as_str(), Some("deny"));
        prop_assert_eq!(value["status"].as_u64(), Some(401));

        let path = CallerText::new(&path);
        let value = read(&AccessLine::new(&subject, Some(&path), Answered::default()));
        prop_assert_eq!(&value["path"], &serde_json::to_value(&path).unwrap());
        prop_assert!(shown.as_str().unwrap().chars().all(|c| c == ' ' || c.is_ascii_graphic()));

        let value = read(&FailureLine::new(&subject, "panic", Some(detail.clone())));
        prop_assert_eq!(value["detail"].as_str(), Some(detail.as_str()));
    }
}

fn unauthorized() -> Answered {
    let mut answered = Answered::default();
    answered.status(StatusCode::UNAUTHORIZED);
    answered
}
