//! What happens to the server, as lines of the log.

use functions_handler::server::{Log, Timestamp};
use serde::Serialize;
use wrapped_server::Event;

/// A line about the server.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServerLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    last_lines: Vec<String>,
}

/// Writes a line about what happened.
pub(crate) fn report(log: &Log, event: &Event) {
    log.write(&ServerLine {
        time: Timestamp::now(),
        event: kind(event),
        level: level(event),
        text: event.to_string(),
        last_lines: match event {
            Event::Ended { last_lines, .. } => last_lines.clone(),
            _ => Vec::new(),
        },
    });
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::Started { .. } => "server-started",
        Event::Waiting { .. } => "server-waiting",
        Event::Ready { .. } => "server-ready",
        Event::ListensBeyondLoopback { .. } => "server-exposed",
        Event::Ended { .. } => "server-ended",
        Event::Restarting { .. } => "server-restarting",
        Event::Hopeless(_) => "server-given-up",
        Event::Stopped => "server-stopped",
        // A kind that is added later.
        _ => "server",
    }
}

fn level(event: &Event) -> &'static str {
    match event {
        Event::Waiting { .. } | Event::ListensBeyondLoopback { .. } | Event::Restarting { .. } => {
            "warning"
        }
        Event::Ended { .. } | Event::Hopeless(_) => "error",
        _ => "info",
    }
}
