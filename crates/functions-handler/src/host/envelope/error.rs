//! Why a text is no envelope.

use std::fmt;

use super::room::NoRoom;

/// Why a text is no envelope for a function. Nothing in it is a value of the caller.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Not JSON, or nested too deep.
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column in bytes, counted from 1.
        column: usize,
    },
    /// A member that the host always writes.
    Missing {
        /// Which.
        what: String,
    },
    /// A member twice, of which two readers could take different ones.
    Repeated {
        /// Which.
        what: String,
    },
    /// A member of another kind.
    Kind {
        /// Which.
        what: String,
        /// What it should be.
        expected: &'static str,
    },
    /// More than a request can have that the host has let through.
    TooMuch {
        /// The bound.
        expected: String,
    },
    /// Reading it takes more room than there is.
    NoRoom,
}

impl EnvelopeError {
    /// A mistake in JSON, before the byte at this offset.
    pub(super) fn json(text: &[u8], offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.iter().rposition(|byte| *byte == b'\n');
        Self::Json {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + before.len() - line_start.map_or(0, |newline| newline + 1),
        }
    }

    pub(super) fn kind(what: &str, expected: &'static str) -> Self {
        Self::Kind {
            what: what.to_owned(),
            expected,
        }
    }

    pub(super) fn repeated(what: &str) -> Self {
        Self::Repeated {
            what: what.to_owned(),
        }
    }

    pub(super) fn missing(what: String) -> Self {
        Self::Missing { what }
    }
}

impl From<serde_json::Error> for EnvelopeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json {
            line: error.line(),
            column: error.column(),
        }
    }
}

impl From<NoRoom> for EnvelopeError {
    fn from(NoRoom: NoRoom) -> Self {
        Self::NoRoom
    }
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => {
                write!(f, "expected JSON, found a mistake at {line}:{column}")
            }
            Self::Missing { what } => write!(f, "expected {what}, found no such member"),
            Self::Repeated { what } => write!(f, "expected {what} once, found it again"),
            Self::Kind { what, expected } => write!(f, "expected {what} to be {expected}"),
            Self::TooMuch { expected } => write!(f, "expected {expected}, found more"),
            Self::NoRoom => f.write_str(
                "expected an envelope that can be read in the memory for callers who are not admitted, found too many values",
            ),
        }
    }
}

impl std::error::Error for EnvelopeError {}
