//! One mistake in the configuration.

use std::fmt::{self, Write as _};

use client_cert::is_invisible;
use serde::Serialize;

/// Characters of a place that a line shows: a path has 255 in each part, and a key of `function.json` two names of 128.
const PLACE_CHARACTERS: usize = 600;

/// Characters of a text that a line shows. The longest of our own has 500 without what it repeats.
const TEXT_CHARACTERS: usize = 1000;

/// Problems that are listed: nobody corrects more at once, and a console has to hold them.
const LISTED_PROBLEMS: usize = 100;

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

    /// One line for each of `problems`, of which the first hundred are listed; a last line says how many more there are.
    ///
    /// ```
    /// use app_settings::Problem;
    ///
    /// let problems = vec![Problem::new("A", "expected a, found b; write a"); 102];
    /// let lines = Problem::lines(&problems);
    /// assert_eq!(lines.len(), 101);
    /// assert_eq!(lines[100], "and 2 more problems");
    /// ```
    pub fn lines(problems: &[Self]) -> Vec<String> {
        let listed = problems.iter().take(LISTED_PROBLEMS);
        let mut lines: Vec<String> = listed.map(Self::to_string).collect();
        let more = problems.len().saturating_sub(LISTED_PROBLEMS);
        if more > 0 {
            lines.push(format!("and {more} more problems"));
        }
        lines
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
        write_visible(f, &self.at, PLACE_CHARACTERS)?;
        f.write_str(": ")?;
        write_visible(f, &self.text, TEXT_CHARACTERS)
    }
}

/// The start of a text, with an ellipsis where it is cut.
fn write_visible(f: &mut fmt::Formatter<'_>, text: &str, most: usize) -> fmt::Result {
    let mut characters = text.chars();
    for c in characters.by_ref().take(most) {
        if is_invisible(c) {
            write!(f, "{}", c.escape_default())?;
        } else {
            f.write_char(c)?;
        }
    }
    match characters.next() {
        Some(_) => f.write_char('…'),
        None => Ok(()),
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

    #[test]
    fn a_line_is_bounded() {
        let long = "x".repeat(1_000_000);
        let line = Problem::new(long.as_str(), long.as_str()).to_string();
        let expected = format!("{}…: {}…", "x".repeat(600), "x".repeat(1000));
        assert_eq!(line, expected);
    }
}
