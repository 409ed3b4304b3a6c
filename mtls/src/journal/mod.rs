//! What `mtls local` and `mtls front-end` tell while they run: the one place where they print.

mod decisions;
mod exchange;
mod handler_line;
mod hop;
mod request_line;

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::printable::printable;

use decisions::Decisions;
pub(crate) use decisions::{Decision, PendingDecision};
pub(crate) use exchange::Exchange;
pub(crate) use hop::Hop;

/// How long a request's line waits for the handler's own line about it. Both come over different pipes.
const DECISION_WAIT: Duration = Duration::from_millis(250);

/// How much of a value on an output binding people see; programs see all of it.
const OUTPUT_CHARACTERS: usize = 200;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object a line, for programs
    Json,
}

/// Where a line of the handler came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Prints what happens, one event a line, untrusted text escaped.
pub(crate) struct Journal {
    format: Format,
    colours: bool,
    show_requests: bool,
    decisions: Decisions,
    writing: Mutex<()>,
}

impl Journal {
    /// A journal on standard output. Colours only for people at a terminal, and never where `NO_COLOR` is set.
    pub(crate) fn new(format: Format, show_requests: bool) -> Arc<Self> {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Arc::new(Self {
            format,
            colours: format == Format::Text && !no_colour && std::io::stdout().is_terminal(),
            show_requests,
            decisions: Decisions::default(),
            writing: Mutex::new(()),
        })
    }

    /// Whether the headers of each hop are printed.
    pub(crate) fn shows_requests(&self) -> bool {
        self.show_requests
    }

    /// Something that people should know; may have several lines of ours.
    pub(crate) fn note(&self, text: &str) {
        match self.format {
            Format::Text => self.print(text),
            Format::Json => self.print(&json!({"event": "note", "text": text}).to_string()),
        }
    }

    /// The address is open: `event` for programs, `text` for people.
    pub(crate) fn ready(&self, event: &Value, text: &str) {
        self.tell(event, text);
    }

    /// A function put a value on an output binding. All of it is untrusted text.
    pub(crate) fn output(&self, function: &str, binding: &str, kind: &str, value: &str) {
        let event = json!({"event": "output", "function": function, "binding": binding, "type": kind, "value": value});
        let value: String = value.chars().take(OUTPUT_CHARACTERS).collect();
        let text = format!(
            "output   {function}.{binding} ({kind}): {}",
            printable(&value)
        );
        self.tell(&event, &text);
    }

    fn tell(&self, event: &Value, text: &str) {
        match self.format {
            Format::Text => self.print(text),
            Format::Json => self.print(&event.to_string()),
        }
    }

    /// A line that the handler wrote. Its lines about a request that is waited for become part of that request's line.
    pub(crate) fn handler_line(&self, stream: Stream, line: &str) {
        let value: Option<Value> = serde_json::from_str(line).ok().filter(Value::is_object);
        let taken =
            stream == Stream::Output && value.as_ref().is_some_and(|v| self.decisions.offer(v));
        match (self.format, stream) {
            (Format::Text, _) if taken => {}
            (Format::Text, Stream::Output) => self.print(&handler_line::text(line, value.as_ref())),
            (Format::Text, Stream::Error) => self.print_error(&handler_line::error_text(line)),
            (Format::Json, _) => self.print(&handler_line::event(stream, line, value).to_string()),
        }
    }

    /// The handler's decision about an invocation that is about to start.
    pub(crate) fn expect_decision(&self, invocation: &str) -> PendingDecision {
        self.decisions.expect(invocation)
    }

    /// A request has been answered. Its line comes once the handler's own line is there, or after a moment.
    pub(crate) fn finished(self: &Arc<Self>, exchange: Exchange) {
        let journal = self.clone();
        tokio::spawn(async move { journal.finish(exchange).await });
    }

    async fn finish(&self, mut exchange: Exchange) {
        if let Some(pending) = exchange.pending.take() {
            exchange.decision = pending.within(DECISION_WAIT).await;
        }
        match self.format {
            Format::Text => self.print(&request_line::text(&exchange, self.colours)),
            Format::Json => self.print(&request_line::event(&exchange).to_string()),
        }
    }

    fn print(&self, text: &str) {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody may be reading any more; that stops no request.
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    fn print_error(&self, text: &str) {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}
