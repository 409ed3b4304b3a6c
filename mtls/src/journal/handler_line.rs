//! One line that the handler wrote, passed on.

use serde_json::{Value, json};

use super::Stream;
use super::policy_line::PolicyLine;
use crate::printable::printable;

/// A line of standard output for people: what is served, the policy in force, a note's own text, anything else as it is.
pub(super) fn text(line: &str, parsed: Option<&Value>) -> String {
    if let Some(served) = parsed.and_then(served) {
        return format!("handler  serves {}", printable(&served));
    }
    if let Some(policy) = parsed.and_then(PolicyLine::parse) {
        return named(policy.lines());
    }
    let field = |name| {
        parsed
            .and_then(|value| value.get(name))
            .and_then(Value::as_str)
    };
    match (field("level"), field("text")) {
        (Some(level), Some(text)) => named(format!("{level}: {text}").lines()),
        _ => format!("handler  {}", printable(line)),
    }
}

/// Lines of which each begins with who wrote it, so that none can be taken for the tool's own.
fn named(lines: impl Iterator<Item = impl AsRef<str>>) -> String {
    let lines = lines.map(|line| format!("handler  {}", printable(line.as_ref())));
    lines.collect::<Vec<_>>().join("\n")
}

/// The names of the functions in the handler's first line.
fn served(line: &Value) -> Option<String> {
    let functions = line.get("functions").filter(|_| line["event"] == "start")?;
    let names = functions
        .as_array()?
        .iter()
        .filter_map(|function| function["name"].as_str());
    Some(names.collect::<Vec<_>>().join(", "))
}

/// A line of standard error for people. Programs write there what is no error, so its stream is all that is said of it.
pub(super) fn error_text(line: &str) -> String {
    format!("handler  stderr: {}", printable(line))
}

/// Either for programs, with the level that the host would give it.
pub(super) fn event(stream: Stream, line: &str, parsed: Option<Value>) -> Value {
    let (name, level) = match stream {
        Stream::Output => ("stdout", "information"),
        Stream::Error => ("stderr", level(line)),
    };
    let line = parsed.unwrap_or_else(|| Value::from(line));
    json!({"event": "handler", "stream": name, "level": level, "line": line})
}

/// The host takes standard error for errors, except lines with `warn` anywhere (`WorkerProcess.cs`).
fn level(line: &str) -> &'static str {
    if line.to_lowercase().contains("warn") {
        "warning"
    } else {
        "error"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_ones_that_the_host_gives() {
        assert_eq!(
            event(Stream::Error, "A Warning-free day", None)["level"],
            "warning"
        );
        assert_eq!(event(Stream::Output, "warn", None)["level"], "information");
        assert_eq!(event(Stream::Error, "x", None)["level"], "error");
    }

    #[test]
    fn notes_are_read_and_everything_is_escaped() {
        let note = json!({"event": "note", "level": "warning", "text": "a\u{1b}[2J"});
        assert_eq!(
            text(&note.to_string(), Some(&note)),
            "handler  warning: a\\u{1b}[2J"
        );
        let note = json!({"event": "server-ended", "level": "error", "text": "its last lines:\n  a\u{7}\nGET /"});
        assert_eq!(
            text(&note.to_string(), Some(&note)),
            "handler  error: its last lines:\nhandler    a\\u{7}\nhandler  GET /"
        );
        let start = json!({"event": "start", "functions": [{"name": "Health"}, {"name": "Other"}]});
        assert_eq!(text("", Some(&start)), "handler  serves Health, Other");
        assert_eq!(text("a\u{1b}", None), "handler  a\\u{1b}");
        assert_eq!(error_text("a\u{7}"), "handler  stderr: a\\u{7}");
        for line in ["listening", "no error", "a warning"] {
            assert_eq!(error_text(line), format!("handler  stderr: {line}"));
        }
    }
    #[test]
    fn what_happened_to_the_policy_is_read_with_each_reason() {
        let mut line = json!({
            "time": "2026-01-01T00:00:00Z", "event": "policy-refused", "level": "error", "policy": "f35fc57fa304",
            "problems": ["line 4: a\nGET /", "line 5: b"],
        });
        assert_eq!(
            text("", Some(&line)),
            "handler  error: policy-refused, policy f35fc57fa304\nhandler    line 4: a\\nGET /\nhandler    line 5: b"
        );
        line["event"] = json!("order-refused");
        assert_eq!(text("as it is", Some(&line)), "handler  as it is");
        line["event"] = json!("policy-refused");
        line["more"] = json!(1);
        assert_eq!(text("as it is", Some(&line)), "handler  as it is");
        let line = json!({
            "time": "", "event": "policy-loaded", "level": "info", "policy": "2", "replaced": "1", "notes": ["c"],
        });
        assert_eq!(
            text("", Some(&line)),
            "handler  info: policy-loaded, policy 2, instead of 1\nhandler    c"
        );
    }
}
