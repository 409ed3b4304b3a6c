//! Why a call was not answered, for people: who ended it, what that usually means, what to do.

use std::fmt;

use serde::Serialize;

use super::alert;
use super::handshake::Handshake;
use super::interruption::{Cause, Interruption, Phase};
use super::meaning::Meaning;
use crate::printable::printable;

/// A call that was not answered, explained.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refusal {
    by: Side,
    /// The alert that the server sent.
    alert: Option<AlertName>,
    /// Whether our side had finished the handshake, as it has when a TLS 1.3 server refuses a certificate.
    after_handshake: bool,
    meaning: String,
    advice: &'static str,
    /// The libraries' own words.
    detail: String,
}

/// Who ended it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Side {
    Server,
    Client,
    /// Neither said anything: no connection, one that ended, or no answer in time.
    Nobody,
}

#[derive(Debug, Serialize)]
struct AlertName {
    number: u8,
    name: &'static str,
}

impl Refusal {
    /// Explains an interruption by what was seen of the handshake.
    pub(super) fn explain(interruption: &Interruption, handshake: &Handshake) -> Self {
        let Meaning { text, advice } = Meaning::of(interruption, handshake);
        Self {
            by: Side::of(interruption.cause),
            alert: match interruption.cause {
                Cause::Alert(number) => Some(AlertName {
                    number,
                    name: alert::of(number).name,
                }),
                _ => None,
            },
            after_handshake: interruption.phase == Phase::Answer,
            meaning: text,
            advice,
            detail: printable(&interruption.detail),
        }
    }
}

impl Side {
    fn of(cause: Cause) -> Self {
        match cause {
            Cause::Alert(_) => Self::Server,
            Cause::Untrusted(_) | Cause::NotTls(_) | Cause::Aborted(_) | Cause::NotHttp => {
                Self::Client
            }
            Cause::Unreachable | Cause::TimedOut | Cause::Closed => Self::Nobody,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.by {
            Side::Server => "the server refused",
            Side::Client => "our side refused",
            Side::Nobody => "no answer",
        })?;
        if let Some(alert) = &self.alert {
            write!(f, ", with alert {} ({})", alert.number, alert.name)?;
        }
        if self.after_handshake && self.by == Side::Server {
            f.write_str(", after our side had finished the handshake")?;
        }
        writeln!(f, "\n  meaning         {}", self.meaning)?;
        writeln!(f, "  what to do      {}", self.advice)?;
        if !self.detail.is_empty() {
            writeln!(f, "  detail          {}", self.detail)?;
        }
        Ok(())
    }
}
