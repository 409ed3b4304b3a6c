//! Why a text is not read.

use std::fmt;

/// Where a text is not what [`parse`](super::parse) reads, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JsonError {
    line: usize,
    column: usize,
    text: String,
}

impl JsonError {
    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong there.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn new(line: usize, column: usize, text: String) -> Self {
        Self { line, column, text }
    }

    /// At so many bytes of the source.
    pub(super) fn at(source: &str, offset: usize, text: String) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: 1 + before.matches('\n').count(),
            column: 1 + before.chars().count()
                - before.get(..start).map_or(0, |lines| lines.chars().count()),
            text,
        }
    }
}

/// `line 3, column 5: …`
impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.text
        )
    }
}

impl std::error::Error for JsonError {}
