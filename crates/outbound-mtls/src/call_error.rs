//! Why a call failed, from what the TLS library reports.

use std::error::Error;
use std::fmt;

use super::tls_failure::TlsFailure;

/// Why an outbound call did not succeed.
///
/// The kind is for programs, the detail for the log. Neither contains a secret or the address that was called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CallError {
    kind: CallErrorKind,
    detail: String,
}

/// The kinds of failure, complete on purpose: each has a reason code that programs may rely on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CallErrorKind {
    /// No identity has been loaded.
    NotLoaded,
    /// No connection, or one that broke.
    Unreachable,
    /// The TLS handshake failed, which includes that our certificate was refused.
    HandshakeRefused,
    /// The server's certificate does not verify, so nothing was sent.
    UntrustedServer,
    /// No answer in time.
    TimedOut,
}

impl CallErrorKind {
    /// The reason code, as logs and problem documents name it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotLoaded => "not-loaded",
            Self::Unreachable => "unreachable",
            Self::HandshakeRefused => "handshake-refused",
            Self::UntrustedServer => "untrusted-server",
            Self::TimedOut => "timed-out",
        }
    }
}

impl CallError {
    pub(super) fn new(kind: CallErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> CallErrorKind {
        self.kind
    }

    /// What happened, for the log.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What an error of the HTTP client means.
    ///
    /// Under TLS 1.3 a server refuses our certificate after our side has finished the handshake, so the alert
    /// arrives where the response is read; it counts as a refused handshake there too. A server that closes the
    /// connection without an alert cannot be distinguished from one that breaks, and counts as unreachable.
    pub fn from_client(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let failure = TlsFailure::of(&error);
        let kind = if error.is_timeout() {
            CallErrorKind::TimedOut
        } else if failure.untrusted {
            CallErrorKind::UntrustedServer
        } else if failure.alert.is_some() || failure.tls {
            CallErrorKind::HandshakeRefused
        } else {
            CallErrorKind::Unreachable
        };
        let mut detail = failure.text;
        if let Some(alert) = failure.alert {
            detail = format!("the server sent alert {alert}: {detail}");
        }
        Self { kind, detail }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.reason(), self.detail)
    }
}

impl Error for CallError {}
