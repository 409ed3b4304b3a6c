//! What kept a call from being answered.

use std::error::Error;

use openssl::x509::X509VerifyResult;
use outbound_mtls::{CallErrorKind, TlsFailure};

/// How far a call got.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Phase {
    /// No connection yet.
    Connect,
    /// The handshake had begun.
    Handshake,
    /// Our side had finished the handshake. A TLS 1.3 server judges our certificate only now.
    Answer,
}

/// Where a call ended, and what the libraries say of it.
#[derive(Debug)]
pub(super) struct Interruption {
    pub(super) phase: Phase,
    pub(super) kind: CallErrorKind,
    pub(super) failure: TlsFailure,
    /// Why the server's certificate does not verify, where that is it.
    pub(super) distrust: Option<X509VerifyResult>,
}

impl Interruption {
    /// Tells the kind as the handler does.
    pub(super) fn new(phase: Phase, error: &(dyn Error + 'static)) -> Self {
        let failure = TlsFailure::of(error);
        let kind = if failure.untrusted {
            CallErrorKind::UntrustedServer
        } else if failure.tls && phase != Phase::Connect {
            CallErrorKind::HandshakeRefused
        } else {
            CallErrorKind::Unreachable
        };
        Self {
            phase,
            kind,
            failure,
            distrust: None,
        }
    }

    /// The time was up.
    pub(super) fn late(phase: Phase) -> Self {
        Self {
            phase,
            kind: CallErrorKind::TimedOut,
            failure: TlsFailure::default(),
            distrust: None,
        }
    }

    /// Adds why the server's certificate does not verify, if that ended the handshake.
    pub(super) fn distrusting(self, result: X509VerifyResult) -> Self {
        let distrust = self.failure.untrusted.then_some(result);
        Self { distrust, ..self }
    }
}
