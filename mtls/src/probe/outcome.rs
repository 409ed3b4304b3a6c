//! What became of one request or handshake.

use std::fmt;
use std::io::{self, ErrorKind};

use super::answer::Answer;
use crate::printable::printable;

/// Characters of a server's text that are shown.
const SHOWN_CHARACTERS: usize = 60;

/// OpenSSL's reason for a connection that ends without close_notify.
const UNEXPECTED_EOF: &str = "unexpected eof while reading";

/// What became of one request or handshake. `Display` is fit for a terminal.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer in HTTP.
    Answered(Answer),
    /// The connection ended without an answer.
    Closed,
    /// What the server sent is not HTTP/1.
    NotHttp,
    /// The server refused the handshake or the certificate by a TLS alert.
    Alert(String),
    /// No connection.
    NotConnected(io::Error),
    /// The deadline passed.
    TimedOut,
    /// The server's certificate is not trusted; no request was sent.
    Untrusted(String),
    /// OpenSSL on this side ended the handshake.
    Unable(String),
}

impl Outcome {
    /// The answer, if there is one.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    /// What an error on an open connection means.
    pub(super) fn of_error(error: &io::Error) -> Self {
        if error.kind() == ErrorKind::TimedOut {
            return Self::TimedOut;
        }
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        inner.map_or(Self::Closed, Self::of_tls_error)
    }

    /// What an error of OpenSSL means.
    pub(super) fn of_tls_error(error: &openssl::ssl::Error) -> Self {
        if let Some(error) = error.io_error() {
            return match error.kind() {
                ErrorKind::TimedOut => Self::TimedOut,
                _ => Self::Closed,
            };
        }
        let reason = error
            .ssl_error()
            .and_then(|stack| stack.errors().first())
            .and_then(openssl::error::Error::reason);
        match reason {
            None | Some(UNEXPECTED_EOF) => Self::Closed,
            Some(reason) if reason.contains("alert") => Self::Alert(reason.to_owned()),
            // Such as a server without a cipher in common, which OpenSSL on this side notices first.
            Some(reason) => Self::Unable(reason.to_owned()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(answer) => match answer.header("location") {
                Some(location) if (300..400).contains(&answer.status) => {
                    write!(f, "{} to {}", answer.status, shortened(location))
                }
                _ => write!(f, "{}", answer.status),
            },
            Self::Closed => f.write_str("closed without an answer"),
            Self::NotHttp => f.write_str("an answer that is not HTTP"),
            Self::Alert(reason) => write!(f, "refused by TLS: {}", shortened(reason)),
            Self::NotConnected(error) => write!(f, "no connection: {error}"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Untrusted(reason) => write!(f, "server not trusted: {reason}"),
            Self::Unable(reason) => write!(f, "TLS failed: {}", shortened(reason)),
        }
    }
}

/// A server's text, fit for a terminal and a table.
pub(super) fn shortened(text: &str) -> String {
    printable(&text.chars().take(SHOWN_CHARACTERS).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_text_is_fit_for_a_terminal() {
        let text = "HTTP/1.1 302 X\r\nLocation: \u{202e}x\r\n\r\n";
        let outcome = Outcome::Answered(Answer::read(&mut text.as_bytes()).unwrap());
        assert_eq!(outcome.to_string(), "302 to \\u{202e}x");
    }
}
