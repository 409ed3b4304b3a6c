//! Why there is no policy to decide by.

use std::fmt;

/// Why a configured policy cannot be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unavailable {
    /// It has not been fetched yet.
    NotFetched,
    /// What is there in its place does not load.
    NotLoaded,
    /// Its store has not confirmed it within its maximum age.
    TooOld,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFetched => "none that has been fetched",
            Self::NotLoaded => "one that does not load",
            Self::TooOld => "one that its store has not confirmed within its maximum age",
        })
    }
}
