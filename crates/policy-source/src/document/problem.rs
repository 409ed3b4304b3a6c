//! What is wrong with a document, for people.

use std::fmt::{self, Write as _};

use client_cert::is_invisible;
use serde::Serialize;

/// One mistake in a policy document: where it is, and what was expected, found and to be done.
///
/// It contains no value of the document that is longer than a word or can be a key.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Problem {
    position: Position,
    path: String,
    text: String,
}

/// A line and a column, both counted from 1. Columns count characters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Problem {
    pub(crate) fn new(position: Position, path: String, text: String) -> Self {
        Self {
            position,
            path,
            text,
        }
    }

    /// The line and column.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The JSON path (RFC 9535), such as `$.callers[3].any[0].sha256`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was expected, what was found and what to do.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same mistake as a problem of the configuration. `document` names the document, as a setting or a file.
    pub fn within(&self, document: &str) -> app_settings::Problem {
        let Position { line, column } = self.position;
        let at = format!("{document}:{line}:{column}: {}", self.path);
        app_settings::Problem::new(at, self.text.clone())
    }
}

/// `line 3, column 5, $.callers[0].name: expected …`, on one line whatever the document contains.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.position)?;
        let rest = [self.path.as_str(), ": ", self.text.as_str()];
        for c in rest.iter().flat_map(|part| part.chars()) {
            if is_invisible(c) {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}
