//! Why an answer ended early.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why an answer ended early, after its head had been sent. Its text is for the log.
#[derive(Debug)]
pub enum BrokenOff {
    /// The upstream ended it, or what came is no HTTP.
    Upstream(hyper::Error),
    /// Nothing came for so long.
    TimedOut(Duration),
}

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upstream(error) => match error.source() {
                Some(source) => write!(f, "the upstream's answer broke off: {error}: {source}"),
                None => write!(f, "the upstream's answer broke off: {error}"),
            },
            Self::TimedOut(limit) => {
                write!(f, "the upstream's answer stopped for {} s", limit.as_secs())
            }
        }
    }
}

impl Error for BrokenOff {}
