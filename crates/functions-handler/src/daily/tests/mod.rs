//! What is named, and how often, over days that a test makes up.

mod cost;
mod due;
mod repeated;
mod task;
mod usage;

use std::sync::Arc;

use client_cert::{Caller, Condition, Fitness, FrontEnd, Policy, Rule, Window};
use serde_json::{Value, json};

use crate::config::UnusedDays;
use crate::log::Timestamp;

use super::watch::Daily;

fn named(name: &str, rules: Vec<Rule>) -> Caller {
    Caller {
        name: Some(name.parse().unwrap()),
        rules,
        ..Caller::default()
    }
}

fn policy(callers: impl IntoIterator<Item = Caller>) -> Policy {
    Policy::new(FrontEnd::Development, Fitness::default(), callers).unwrap()
}

fn until(until: i64) -> Window {
    Window {
        not_before: None,
        until: Some(until),
    }
}

/// A pin of a certificate that nobody has, for a time.
fn pin(number: usize, window: Window) -> Rule {
    let digest = format!("{number:064x}").parse().unwrap();
    Rule::new(vec![Condition::Thumbprint(digest)], None, window).unwrap()
}

fn daily(unused_days: Option<u16>) -> Daily {
    let days = unused_days.map(|days| UnusedDays::new(days).unwrap());
    Daily::new(Arc::default(), days)
}

/// The lines of a look.
fn look(daily: &mut Daily, policy: &Policy, now: i64) -> Vec<Value> {
    let lines = daily.look(policy, Timestamp::at(now));
    lines.iter().map(|line| json!(line)).collect()
}

/// `member` of each line, and its kind.
fn kinds(lines: &[Value], member: &str) -> Vec<String> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let of_line = |line: &Value| format!("{} {}", text(&line["kind"]), text(&line[member]));
    lines.iter().map(of_line).collect()
}
