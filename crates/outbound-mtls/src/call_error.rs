//! Why a call failed, told from what the TLS library reports.

use std::error::Error;
use std::fmt;

use super::tls_failure::TlsFailure;

/// Why an outbound call did not succeed.
///
/// The reason is for the caller, the detail for the log. Neither holds a secret or the address called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CallError {
    kind: CallErrorKind,
    detail: String,
}

/// The kinds of failure, complete on purpose: each has a reason code that callers may rely on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CallErrorKind {
    /// Settings are missing, or the identity has not been loaded.
    NotConfigured,
    /// No connection, or one that broke.
    Unreachable,
    /// The TLS handshake failed, which includes that our certificate was refused.
    HandshakeRefused,
    /// The server's certificate does not verify, so nothing was sent.
    UntrustedServer,
    /// The upstream answered, not with success.
    UpstreamStatus(u16),
    /// No answer in time.
    TimedOut,
}

impl CallErrorKind {
    /// The reason code of the problem document.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotConfigured => "not-configured",
            Self::Unreachable => "unreachable",
            Self::HandshakeRefused => "handshake-refused",
            Self::UntrustedServer => "untrusted-server",
            Self::UpstreamStatus(_) => "upstream-status",
            Self::TimedOut => "timed-out",
        }
    }

    /// The status that our caller gets.
    pub fn status(self) -> u16 {
        match self {
            Self::NotConfigured => 503,
            Self::TimedOut => 504,
            Self::Unreachable
            | Self::HandshakeRefused
            | Self::UntrustedServer
            | Self::UpstreamStatus(_) => 502,
        }
    }

    /// The upstream's own status, where it gave one.
    pub fn upstream_status(self) -> Option<u16> {
        match self {
            Self::UpstreamStatus(status) => Some(status),
            Self::NotConfigured
            | Self::Unreachable
            | Self::HandshakeRefused
            | Self::UntrustedServer
            | Self::TimedOut => None,
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

    /// Tells what an error of the HTTP client means.
    ///
    /// Under TLS 1.3 a server refuses our certificate after our side has finished the handshake, so the alert
    /// arrives where the response is read; it counts as a refused handshake there too. A server that closes the
    /// connection without an alert cannot be told from one that breaks, and counts as unreachable.
    pub fn from_client(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let told = TlsFailure::of(&error);
        let kind = if error.is_timeout() {
            CallErrorKind::TimedOut
        } else if told.untrusted {
            CallErrorKind::UntrustedServer
        } else if told.alert.is_some() || told.tls {
            CallErrorKind::HandshakeRefused
        } else {
            CallErrorKind::Unreachable
        };
        let mut detail = told.text;
        if let Some(alert) = told.alert {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_reason_and_status() {
        let cases = [
            (CallErrorKind::NotConfigured, "not-configured", 503, None),
            (CallErrorKind::Unreachable, "unreachable", 502, None),
            (
                CallErrorKind::HandshakeRefused,
                "handshake-refused",
                502,
                None,
            ),
            (
                CallErrorKind::UntrustedServer,
                "untrusted-server",
                502,
                None,
            ),
            (
                CallErrorKind::UpstreamStatus(403),
                "upstream-status",
                502,
                Some(403),
            ),
            (CallErrorKind::TimedOut, "timed-out", 504, None),
        ];
        for (kind, reason, status, upstream) in cases {
            assert_eq!(kind.reason(), reason);
            assert_eq!(kind.status(), status);
            assert_eq!(kind.upstream_status(), upstream);
        }
    }
}
