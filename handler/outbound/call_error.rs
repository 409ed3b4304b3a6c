//! Why a call failed, told from what the TLS library reports.

use std::error::Error;
use std::fmt;

use openssl::error::ErrorStack;

/// OpenSSL's number for its TLS part, and its reason for a certificate that does not verify (`sslerr.h`).
const TLS_LIBRARY: i32 = 20;
const CERTIFICATE_VERIFY_FAILED: i32 = 134;

/// OpenSSL reports a received alert as this plus the alert's number (RFC 8446, section 6).
const ALERT_OFFSET: i32 = 1_000;

/// How many causes of an error are followed; real ones have about six.
const MAX_CAUSES: usize = 32;

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
        let told = Told::by(&error);
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

/// What an error and its causes tell.
#[derive(Default)]
struct Told {
    untrusted: bool,
    tls: bool,
    alert: Option<i32>,
    text: String,
}

impl Told {
    fn by(error: &(dyn Error + 'static)) -> Self {
        let mut told = Self::default();
        let mut next = Some(error);
        for _ in 0..MAX_CAUSES {
            let Some(error) = next else { break };
            told.note(error);
            next = error.source();
        }
        told
    }

    fn note(&mut self, error: &(dyn Error + 'static)) {
        let text = error.to_string();
        if !self.text.contains(&text) {
            let separator = if self.text.is_empty() { "" } else { ": " };
            self.text = format!("{}{separator}{text}", self.text);
        }
        self.tls |= error.is::<native_tls::Error>();
        if let Some(stack) = error.downcast_ref::<ErrorStack>() {
            self.note_stack(stack);
        }
        let ssl = error.downcast_ref::<openssl::ssl::Error>();
        if let Some(stack) = ssl.and_then(openssl::ssl::Error::ssl_error) {
            self.note_stack(stack);
        }
    }

    fn note_stack(&mut self, stack: &ErrorStack) {
        for error in stack.errors() {
            if error.library_code() != TLS_LIBRARY {
                continue;
            }
            self.tls = true;
            self.untrusted |= error.reason_code() == CERTIFICATE_VERIFY_FAILED;
            let alert = error.reason_code() - ALERT_OFFSET;
            if (0..=255).contains(&alert) {
                self.alert = Some(alert);
            }
        }
    }
}

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
