//! One answered request as a line.

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use super::{Exchange, Hop};
use crate::printable::printable;

const ALLOWED: Style = AnsiColor::Green.on_default().bold();
const DENIED: Style = AnsiColor::Red.on_default().bold();
const ASIDE: Style = Style::new().dimmed();

/// The line for people: method, path, function, certificate, outcome, reason, status, time; hops below it.
pub(crate) fn text(exchange: &Exchange, colours: bool) -> String {
    let decision = exchange.decision.as_ref();
    let outcome = decision.and_then(|d| d.outcome.as_deref()).unwrap_or("-");
    let name = exchange.certificate.as_deref().map_or("-", |c| &c.name);
    let mut line = format!(
        "{} {} {} {} {} {} {:>3} {:>6} ms",
        column(&exchange.method, 7),
        column(&exchange.path, 36),
        column(exchange.function.as_deref().unwrap_or("-"), 18),
        column(name, 20),
        painted(&column(outcome, 7), style_of(outcome), colours),
        column(reason(exchange), 26),
        exchange.status.map_or("-".to_owned(), |s| s.to_string()),
        exchange.elapsed.as_millis(),
    );
    for hop in &exchange.hops {
        line.push_str(&painted(&shown(hop), ASIDE, colours));
    }
    line
}

/// The same for programs.
pub(crate) fn event(exchange: &Exchange) -> Value {
    let decision = exchange.decision.clone().unwrap_or_default();
    let certificate = exchange.certificate.as_deref();
    let hops: Vec<Value> = exchange
        .hops
        .iter()
        .map(|hop| json!({"hop": hop.title, "head": hop.lines}))
        .collect();
    json!({
        "event": "request",
        "method": exchange.method,
        "path": exchange.path,
        "function": exchange.function,
        "certificate": certificate.map(|c| &c.name),
        "thumbprint": certificate.map(|c| c.thumbprint.to_string()),
        "outcome": decision.outcome,
        "reason": decision.reason,
        "rule": decision.rule,
        "subject": decision.subject,
        "stopped": exchange.stopped,
        "status": exchange.status,
        "milliseconds": u64::try_from(exchange.elapsed.as_millis()).unwrap_or(u64::MAX),
        "hops": hops,
    })
}

/// The handler's reason, or why it was not asked.
fn reason(exchange: &Exchange) -> &str {
    let decided = exchange.decision.as_ref().and_then(|d| d.reason.as_deref());
    decided.or(exchange.stopped.as_deref()).unwrap_or("-")
}

fn shown(hop: &Hop) -> String {
    let mut text = format!("\n    {}", hop.title);
    for line in &hop.lines {
        text.push_str("\n      ");
        text.push_str(&printable(line));
    }
    text
}

/// Padded or cut to a width, so that columns are aligned.
fn column(text: &str, width: usize) -> String {
    let text = printable(text);
    if text.chars().count() <= width {
        return format!("{text:<width$}");
    }
    let mut cut: String = text.chars().take(width - 1).collect();
    cut.push('…');
    cut
}

fn style_of(outcome: &str) -> Style {
    match outcome {
        "allow" => ALLOWED,
        "deny" => DENIED,
        _ => ASIDE,
    }
}

fn painted(text: &str, style: Style, colours: bool) -> String {
    if colours {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Decision;
    use super::*;

    fn exchange(path: &str, reason: &str) -> Exchange {
        Exchange {
            method: "GET".to_owned(),
            path: path.to_owned(),
            function: Some("SecuredFunction".to_owned()),
            decision: Some(Decision {
                outcome: Some("deny".to_owned()),
                reason: Some(reason.to_owned()),
                ..Decision::default()
            }),
            status: Some(401),
            elapsed: Duration::from_millis(3),
            ..Exchange::default()
        }
    }

    #[test]
    fn columns_are_aligned_whatever_callers_send() {
        let short = text(&exchange("/api/x", "absent"), false);
        let long = text(
            &exchange(&"/a".repeat(100), "a-long-reason-that-needs-cutting"),
            false,
        );
        assert_eq!(short.chars().count(), long.chars().count());
        for part in [
            "GET",
            "/api/x",
            "SecuredFunction",
            "deny",
            "absent",
            "401",
            "3 ms",
        ] {
            assert!(short.contains(part), "{short}");
        }
    }

    #[test]
    fn untrusted_text_is_escaped_and_colours_are_ours_alone() {
        let line = text(&exchange("/\u{1b}[31m", "\u{1b}]0;x"), false);
        assert!(!line.contains('\u{1b}'), "{line:?}");
        let painted = text(&exchange("/x", "absent"), true);
        let red = format!("{DENIED}deny");
        assert!(painted.contains(&red), "{painted:?}");
    }

    #[test]
    fn a_request_that_reached_no_handler_says_why() {
        let mut stopped = exchange("/api/x", "-");
        stopped.decision = None;
        stopped.stopped = Some("no-function".to_owned());
        assert!(text(&stopped, false).contains("no-function"));
        assert_eq!(event(&stopped)["stopped"], "no-function");
        assert_eq!(event(&stopped)["outcome"], Value::Null);
    }
}
