//! The error of settings that take one of a few words.

use std::fmt;

/// A value that is not one of the words that a setting takes. It lists them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidValue(pub(crate) &'static str);

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

impl std::error::Error for InvalidValue {}
