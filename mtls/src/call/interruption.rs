//! What kept a call from being answered, as it was seen.

use std::error::Error;

use openssl::error::ErrorStack;
use openssl::x509::X509VerifyResult;
use outbound_mtls::{CallErrorKind, TlsFailure};

use super::handshake::Greeting;

/// OpenSSL's number for its TLS part, and its reason for a connection that ends without close_notify (`sslerr.h`).
const TLS_LIBRARY: i32 = 20;
const UNEXPECTED_EOF: i32 = 294;

/// How many causes of an error are followed; real errors have about six.
const MAX_CAUSES: usize = 32;

/// How far a call got.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// No connection yet.
    Connect,
    /// The handshake had begun.
    Handshake,
    /// Our side had finished the handshake. A TLS 1.3 server judges our certificate only now.
    Answer,
}

/// Why a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cause {
    /// No connection.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The connection ended without an alert.
    Closed,
    /// The server sent an alert, by its number (RFC 8446, section 6).
    Alert(u8),
    /// Our side does not trust the server's certificate.
    Untrusted(X509VerifyResult),
    /// What the server sent is not TLS.
    NotTls(Greeting),
    /// Our side ended the handshake, by OpenSSL's reason code (`sslerr.h`).
    Aborted(Option<i32>),
    /// The handshake was complete and what the server sent then is not HTTP/1.1.
    NotHttp,
}

/// Where and why a call ended, and the libraries' own words.
#[derive(Debug)]
pub(crate) struct Interruption {
    pub(crate) phase: Phase,
    pub(crate) cause: Cause,
    pub(crate) detail: String,
}

impl Interruption {
    /// An error of one phase. `greeting` is what the server's first bytes are.
    pub(crate) fn new(
        phase: Phase,
        error: &(dyn Error + 'static),
        greeting: Option<Greeting>,
    ) -> Self {
        let failure = TlsFailure::of(error);
        let reason = reason(error);
        let cause = match (failure.alert, reason, greeting) {
            _ if phase == Phase::Connect => Cause::Unreachable,
            (Some(alert), _, _) => Cause::Alert(alert),
            _ if is_not_http(error) => Cause::NotHttp,
            (None, Some(UNEXPECTED_EOF), _) => Cause::Closed,
            (None, _, Some(greeting @ (Greeting::PlainHttp | Greeting::Other))) => {
                Cause::NotTls(greeting)
            }
            (None, reason, _) if failure.tls => Cause::Aborted(reason),
            _ => Cause::Closed,
        };
        Self {
            phase,
            cause,
            detail: failure.text,
        }
    }

    /// No answer in time.
    pub(crate) fn late(phase: Phase) -> Self {
        Self {
            phase,
            cause: Cause::TimedOut,
            detail: String::new(),
        }
    }

    /// The same, if our side refused the server's certificate with this result.
    pub(crate) fn distrusting(self, result: X509VerifyResult) -> Self {
        let cause = match (self.cause, result == X509VerifyResult::OK) {
            (Cause::Aborted(_), false) => Cause::Untrusted(result),
            (cause, _) => cause,
        };
        Self { cause, ..self }
    }

    /// The kind that the handler's client reports.
    pub(crate) fn kind(&self) -> CallErrorKind {
        match self.cause {
            Cause::Unreachable | Cause::Closed | Cause::NotHttp => CallErrorKind::Unreachable,
            Cause::TimedOut => CallErrorKind::TimedOut,
            Cause::Untrusted(_) => CallErrorKind::UntrustedServer,
            Cause::Alert(_) | Cause::NotTls(_) | Cause::Aborted(_) => {
                CallErrorKind::HandshakeRefused
            }
        }
    }
}

/// The innermost reason that OpenSSL's TLS part gives.
fn reason(error: &(dyn Error + 'static)) -> Option<i32> {
    let of_stack = |stack: &ErrorStack| {
        let mut errors = stack.errors().iter();
        errors
            .find(|error| error.library_code() == TLS_LIBRARY)
            .map(openssl::error::Error::reason_code)
    };
    causes(error).find_map(|error| {
        let ssl = error.downcast_ref::<openssl::ssl::Error>();
        ssl.and_then(openssl::ssl::Error::ssl_error)
            .or_else(|| error.downcast_ref())
            .and_then(of_stack)
    })
}

fn is_not_http(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|error| error.downcast_ref().is_some_and(hyper::Error::is_parse))
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
    .take(MAX_CAUSES)
}
