//! Why a document or a file could not be fetched.

use std::error::Error;
use std::fmt;

use managed_identity::TransportError;

/// Why a document or a file could not be fetched. No text of it contains a URL, a token or a signature.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FetchError {
    /// No token: the identity endpoint does not answer, or not as documented.
    Identity(String),
    /// The answer ended early, or is not HTTP.
    Interrupted(String),
    /// `304` to a request without a condition.
    NotModified,
    /// The store sends the reader elsewhere. It is not followed: a signature or a token would go along.
    Redirect(u16),
    /// Another status than 200, with Azure's reason where there is one.
    Status(u16, Option<String>),
    /// No answer within the time-outs.
    TimedOut,
    /// More bytes than are read.
    TooLarge(u64),
    /// No connection: name, address or TLS.
    Unreachable(String),
}

impl FetchError {
    /// From the client's error, without its URL.
    pub(crate) fn from_client(error: reqwest::Error) -> Self {
        match TransportError::from_client(error) {
            TransportError::TimedOut => Self::TimedOut,
            TransportError::Unreachable(found) => Self::Unreachable(found),
            TransportError::Interrupted(found) => Self::Interrupted(found),
            other => Self::Interrupted(other.to_string()),
        }
    }

    /// Whether it is the same trouble, however it is worded this time.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Status(one, _), Self::Status(two, _)) => one == two,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Whether the server says for certain that there is no such file: reported at the place that names it. Anything else
    /// can pass, and is a failure of the whole attempt.
    pub(super) fn is_about_the_file(&self) -> bool {
        matches!(self, Self::Status(404 | 410, _) | Self::TooLarge(_))
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity(found) => write!(f, "no token of the managed identity: {found}"),
            Self::Interrupted(found) => {
                write!(f, "an answer that ended early or is not HTTP: {found}")
            }
            Self::NotModified => f.write_str("status 304 to a request without a condition"),
            Self::Redirect(status) => {
                write!(f, "status {status}, a redirect, which is not followed")
            }
            Self::Status(status, None) => write!(f, "status {status}"),
            Self::Status(status, Some(code)) => write!(f, "status {status}, {code}"),
            Self::TimedOut => f.write_str("no complete answer in time"),
            Self::TooLarge(limit) => write!(f, "more than {limit} bytes"),
            Self::Unreachable(found) => write!(f, "no connection: {found}"),
        }
    }
}

impl Error for FetchError {}
