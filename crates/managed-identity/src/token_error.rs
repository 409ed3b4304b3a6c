//! Why there is no token.

use std::fmt;

use super::transport_error::TransportError;

/// Why there is no token. No text of it contains a token or the endpoint's header.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TokenError {
    /// The value of `IDENTITY_HEADER` does not fit into a header.
    NoHeader,
    /// An answer that contains no token.
    NoToken,
    /// Another status than 200: the app has no such identity, most of all.
    Status(u16),
    /// The TLS library does not start.
    Tls,
    /// No answer.
    Transport(TransportError),
}

impl From<TransportError> for TokenError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHeader => {
                f.write_str("a value of IDENTITY_HEADER that does not fit into a header")
            }
            Self::NoToken => f.write_str("an answer without a token"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Tls => f.write_str("the TLS library does not start"),
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TokenError {}
