//! Every problem at once, each with its place, what was expected, what was found and what to do.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod hostile;
mod places;

use policy_source::Document;

fn problems(text: &str) -> Vec<String> {
    let problems = Document::parse(text.as_bytes()).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}
