//! One mistake in the configuration.

use std::fmt::{self, Write as _};

use client_cert::is_invisible;
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
        // Names of files come from the disk: a problem is one line that reads as it is written, whatever they contain.
        for c in self.at.chars().chain(": ".chars()).chain(self.text.chars()) {
            if is_invisible(c) {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_steers_the_terminal_or_hides() {
        for c in ('\0'..=char::MAX).filter(|c| is_invisible(*c)) {
            let problem = Problem::new(format!("a{c}b"), format!("expected x, found y{c}z"));
            let (at, text) = (c.escape_default(), c.escape_default());
            assert_eq!(
                problem.to_string(),
                format!("a{at}b: expected x, found y{text}z")
            );
        }
        let visible = Problem::new("Zo\u{eb}/function.json", "\u{65e5}\u{672c}").to_string();
        assert_eq!(visible, "Zo\u{eb}/function.json: \u{65e5}\u{672c}");
    }
}
