//! Why the app gave no answer, in the words of `mtls call`.

use std::error::Error;
use std::fmt;

use crate::call::{Handshake, Interruption, Meaning};
use crate::printable::printable;

/// Why there is no connection to the app, or no answer on it. Nothing in it is secret.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The handler's reason code for it.
    pub(super) code: &'static str,
    meaning: Meaning,
    /// The libraries' own words.
    detail: String,
}

impl Trouble {
    /// Explains an interruption by what was seen of the handshake.
    pub(super) fn of(interruption: &Interruption, handshake: &Handshake) -> Self {
        Self {
            code: interruption.kind().reason(),
            meaning: Meaning::of(interruption, handshake),
            detail: printable(&interruption.detail),
        }
    }

    /// Several lines for people, with the detail.
    pub(super) fn lines(&self) -> String {
        let mut lines = format!(
            "{}\n  what to do      {}",
            self.meaning.text, self.meaning.advice
        );
        if !self.detail.is_empty() {
            lines.push_str(&format!("\n  detail          {}", self.detail));
        }
        lines
    }
}

/// What a client gets to read.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.meaning.text, self.meaning.advice)
    }
}

impl Error for Trouble {}
