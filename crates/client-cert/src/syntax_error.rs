//! The error of texts with a syntax: patterns, names, identifiers.

use std::borrow::Cow;
use std::fmt;

/// Why a text is not what it should be: what was expected, what was found, and where.
///
/// It quotes at most one character of the text, so that a secret that was put into the wrong place is not repeated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SyntaxError {
    expected: &'static str,
    found: Cow<'static, str>,
    position: Option<usize>,
}

impl SyntaxError {
    pub(crate) fn new(expected: &'static str, found: impl Into<Cow<'static, str>>) -> Self {
        Self {
            expected,
            found: found.into(),
            position: None,
        }
    }

    /// At a byte offset of a text. What was found is the character there, or the end.
    pub(crate) fn at(expected: &'static str, text: &str, offset: usize) -> Self {
        let found = text.get(offset..).and_then(|rest| rest.chars().next());
        let before = text.get(..offset).unwrap_or(text);
        Self {
            expected,
            found: match found {
                Some(c) => format!("{c:?}").into(),
                None => "the end".into(),
            },
            position: Some(before.chars().count().saturating_add(1)),
        }
    }

    /// The same error at a byte offset of a text.
    pub(crate) fn behind_offset(mut self, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        self.position = Some(before.chars().count().saturating_add(1));
        self
    }

    /// The same error in a longer text, behind this part of it.
    pub(crate) fn behind(mut self, before: &str) -> Self {
        let count = before.chars().count();
        self.position = self.position.map(|at| at.saturating_add(count));
        self
    }

    /// Where in the text, counted in characters from 1, if the place is known.
    pub fn position(&self) -> Option<usize> {
        self.position
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)?;
        match self.position {
            Some(position) => write!(f, " at character {position}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SyntaxError {}
