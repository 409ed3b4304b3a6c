//! What `mtls local` and `mtls front-end` say while they run: the one place where they print.

mod decisions;
mod exchange;
mod handler_line;
mod hop;
mod line;
mod policy_line;
mod request_line;
mod shown;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::printable::{printable, printable_json};

use decisions::Decisions;
pub(crate) use decisions::{Decision, PendingDecision};
pub(crate) use exchange::Exchange;
pub(crate) use hop::Hop;
pub(crate) use line::Line;
pub(crate) use writer::Writer;

/// How long a request's line waits for the handler's own line about it. Both come over different pipes.
const DECISION_WAIT: Duration = Duration::from_millis(250);

/// How much of a value on an output binding people see; programs see all of it.
const OUTPUT_CHARACTERS: usize = 200;

/// How many changed files people see by name; programs see all of them.
const SHOWN_FILES: usize = 5;

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

/// Prints what happens, one event a line, untrusted text escaped. Printing never waits for a reader.
pub(crate) struct Journal {
    format: Format,
    colours: bool,
    show_requests: bool,
    decisions: Decisions,
    /// The lines of answered requests that wait for the handler's own.
    finishing: Mutex<JoinSet<()>>,
    output: Writer,
    errors: Writer,
}

impl Journal {
    /// A journal on standard output. Colours only for people at a terminal that wants them.
    pub(crate) fn new(format: Format, show_requests: bool) -> Arc<Self> {
        let wanted = AutoStream::choice(&std::io::stdout()) != ColorChoice::Never;
        let lost = match format {
            Format::Text => lost_text,
            Format::Json => lost_event,
        };
        Arc::new(Self {
            format,
            colours: format == Format::Text && wanted,
            show_requests,
            decisions: Decisions::default(),
            finishing: Mutex::default(),
            output: Writer::new(std::io::stdout(), lost),
            errors: Writer::new(std::io::stderr(), lost_text),
        })
    }

    /// Waits for the lines of requests that have been answered, and until all lines are written or nobody reads them.
    pub(crate) async fn close(self: Arc<Self>) {
        let mut finishing = std::mem::take(&mut *self.finishing());
        // Each ends by itself within the wait for a decision.
        while finishing.join_next().await.is_some() {}
        let closed = tokio::task::spawn_blocking(move || {
            self.output.close();
            self.errors.close();
        });
        // It cannot panic, and nobody cancels it.
        let _ = closed.await;
    }

    /// Whether the headers of each hop are printed.
    pub(crate) fn shows_requests(&self) -> bool {
        self.show_requests
    }

    /// Something that people should know; may have several lines of ours.
    pub(crate) fn note(&self, text: &str) {
        self.tell(&json!({"event": "note", "text": text}), text);
    }

    /// The address is open: `event` for programs, `text` for people.
    pub(crate) fn ready(&self, event: &Value, text: &str) {
        self.tell(event, text);
    }

    /// Files have changed, and what becomes of it. Their names come from the disk.
    pub(crate) fn changed(&self, files: &[String], consequence: &str) {
        let event = json!({"event": "changed", "files": files, "consequence": consequence});
        let shown = files.iter().take(SHOWN_FILES);
        let mut shown: Vec<String> = shown.map(|name| printable(name)).collect();
        if let more @ 1.. = files.len().saturating_sub(SHOWN_FILES) {
            shown.push(format!("{more} more"));
        }
        self.tell(
            &event,
            &format!("{} changed; {consequence}", shown.join(", ")),
        );
    }

    /// Another handler is ready in the place of the earlier one.
    pub(crate) fn restarted(&self) {
        self.tell(&json!({"event": "restarted"}), "Ready again.");
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
            Format::Text => self.output.line(text.to_owned()),
            Format::Json => self.output.line(printable_json(&event.to_string())),
        }
    }

    /// A line that the handler wrote. Its lines about a request that is waited for become part of that request's line.
    pub(crate) fn handler_line(&self, stream: Stream, line: &str) {
        let value: Option<Value> = serde_json::from_str(line).ok().filter(Value::is_object);
        let taken =
            stream == Stream::Output && value.as_ref().is_some_and(|v| self.decisions.offer(v));
        match (self.format, stream) {
            (Format::Text, _) if taken => {}
            (Format::Text, Stream::Output) => {
                self.output.line(handler_line::text(line, value.as_ref()));
            }
            (Format::Text, Stream::Error) => self.errors.line(handler_line::error_text(line)),
            (Format::Json, _) => self.tell(&handler_line::event(stream, line, value), ""),
        }
    }

    /// The handler's decision about an invocation that is about to start.
    pub(crate) fn expect_decision(&self, invocation: &str) -> PendingDecision {
        self.decisions.expect(invocation)
    }

    /// A request has ended. Its line comes once the handler's own line is there, or after a moment.
    fn finished(self: &Arc<Self>, exchange: Exchange) {
        let journal = self.clone();
        let mut finishing = self.finishing();
        while finishing.try_join_next().is_some() {}
        finishing.spawn(async move { journal.finish(exchange).await });
    }

    async fn finish(&self, mut exchange: Exchange) {
        if let Some(pending) = exchange.pending.take() {
            exchange.decision = pending.within(DECISION_WAIT).await;
        }
        let text = request_line::text(&exchange, self.colours);
        self.tell(&request_line::event(&exchange), &text);
    }

    fn finishing(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.finishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost_text(count: usize) -> String {
    format!("({count} lines are missing: they were not read in time)")
}

fn lost_event(count: usize) -> String {
    json!({"event": "note", "text": lost_text(count)}).to_string()
}
