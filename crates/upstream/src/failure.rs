//! Why a call has no answer of the upstream.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

/// Why a call has no answer of the upstream, and gets one of ours.
///
/// Its text is for the log: it says what the upstream did, and contains nothing that was sent.
#[derive(Clone, Debug)]
pub enum Failure {
    /// No connection could be made: 503.
    Unreachable(Arc<io::Error>),
    /// Nothing moved for so long: 504.
    TimedOut(Duration),
    /// The connection ended or what came is no HTTP: 502.
    Broken(Arc<hyper::Error>),
    /// The answer can be read in two ways, or is none to this request: 502.
    Malformed(&'static str),
    /// The body of the request ended early: 400.
    RequestBrokenOff(Arc<hyper::Error>),
    /// A method that is not passed on: 501. `CONNECT` asks for a tunnel, in which nothing would be decided; an answer to `TRACE`
    /// contains the headers of its request (RFC 9110, section 9.3.8), ours among them.
    Method,
    /// The request asks for another protocol (RFC 9110, section 7.8), in which nothing would be decided: 501.
    Upgrade,
    /// A transfer coding other than chunked, once: it would be passed on as part of the content (RFC 9112, section 6.1): 501.
    TransferCoding,
}

impl Failure {
    pub(crate) fn of(error: hyper::Error) -> Self {
        match error.is_user() {
            true => Self::RequestBrokenOff(Arc::new(error)),
            false => Self::Broken(Arc::new(error)),
        }
    }

    /// The status of our answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Broken(_) | Self::Malformed(_) => StatusCode::BAD_GATEWAY,
            Self::RequestBrokenOff(_) => StatusCode::BAD_REQUEST,
            Self::Method | Self::Upgrade | Self::TransferCoding => StatusCode::NOT_IMPLEMENTED,
        }
    }

    /// What the caller gets to read.
    pub(crate) fn detail(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "The server behind this address is not up. Try again later.",
            Self::TimedOut(_) => "The server behind this address took too long.",
            Self::Broken(_) | Self::Malformed(_) => {
                "The server behind this address gave no answer that can be passed on."
            }
            Self::RequestBrokenOff(_) => "The body of the request ended early.",
            Self::Method => "The method is not passed on.",
            Self::Upgrade => "The connection cannot be switched to another protocol.",
            Self::TransferCoding => "Send no transfer coding but chunked.",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "no connection: {error}"),
            Self::TimedOut(limit) => write!(f, "nothing moved for {} s", limit.as_secs()),
            Self::Broken(error) => match error.source() {
                Some(source) => write!(f, "{error}: {source}"),
                None => write!(f, "{error}"),
            },
            Self::Malformed(what) => f.write_str(what),
            Self::RequestBrokenOff(_) => f.write_str("the body of the request ended early"),
            Self::Method => f.write_str("the method is not passed on"),
            Self::Upgrade => f.write_str("another protocol was asked for"),
            Self::TransferCoding => f.write_str("a transfer coding other than chunked"),
        }
    }
}

impl Error for Failure {}
