//! One mistake in the configuration.

use std::fmt::{self, Write as _};

use serde::Serialize;

/// One mistake in the configuration: where it is, and what was expected, found and to be done.
///
/// Problems are collected, so that one start reports all of them.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Problem {
    at: String,
    text: String,
}

impl Problem {
    /// A problem with the setting, file or key `at`.
    ///
    /// `text` says what was expected, what was found and what to do. It must not contain a setting's value, unless the
    /// setting is listed as harmless: see [`HarmlessSetting`](crate::HarmlessSetting).
    pub fn new(at: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            text: text.into(),
        }
    }

    /// The setting, file or key that is wrong.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What was expected, what was found and what to do.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names of files come from the disk: a problem is one line, whatever they contain.
        for c in self.at.chars().chain(": ".chars()).chain(self.text.chars()) {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}
