//! Why a request had no answer.

use std::error::Error;
use std::fmt;

/// How many causes of an error are followed to the TLS library's own words; real errors have three.
const MAX_CAUSES: usize = 8;

/// Why a request had no whole answer. No text of it contains a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportError {
    /// The answer ended early, or is not HTTP.
    Interrupted(String),
    /// No complete answer within the time-outs.
    TimedOut,
    /// More bytes than are read.
    TooLarge(usize),
    /// No connection: name, address or TLS.
    Unreachable(String),
}

impl TransportError {
    /// From the client's error, without its URL.
    pub fn from_client(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            Self::TimedOut
        } else if error.is_connect() {
            Self::Unreachable(innermost(&error))
        } else {
            Self::Interrupted(innermost(&error))
        }
    }
}

/// The words of the innermost cause.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    for _ in 0..MAX_CAUSES {
        match error.source() {
            Some(cause) => error = cause,
            None => break,
        }
    }
    error.to_string()
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted(found) => {
                write!(f, "an answer that ended early or is not HTTP: {found}")
            }
            Self::TimedOut => f.write_str("no complete answer in time"),
            Self::TooLarge(limit) => write!(f, "more than {limit} bytes"),
            Self::Unreachable(found) => write!(f, "no connection: {found}"),
        }
    }
}

impl Error for TransportError {}
