//! Why a call was not answered, for people: who ended it, what that usually means, what to do.

use std::fmt;

use openssl::x509::X509VerifyResult;
use outbound_mtls::CallErrorKind;
use serde::Serialize;

use super::alert::{self, Alert};
use super::handshake::Handshake;
use super::interruption::{Interruption, Phase};
use crate::printable::printable;

/// Verdicts of OpenSSL about a server's certificate (`x509_vfy.h`).
const HOSTNAME_MISMATCH: i32 = 62;
const IP_ADDRESS_MISMATCH: i32 = 64;
const NOT_YET_VALID: i32 = 9;
const EXPIRED: i32 = 10;

/// A call that was not answered, explained.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refusal {
    by: Side,
    /// The alert that the server sent.
    alert: Option<AlertName>,
    /// Whether our side had finished the handshake, as it has when a TLS 1.3 server refuses a certificate.
    after_handshake: bool,
    meaning: String,
    advice: String,
    /// The libraries' own words.
    detail: String,
}

/// Who ended it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Side {
    Server,
    Client,
    /// Nobody said anything: no connection, a broken one, or no answer in time.
    Nobody,
}

#[derive(Debug, Serialize)]
struct AlertName {
    number: u8,
    name: &'static str,
}

impl Refusal {
    /// Explains an interruption by what was seen of the handshake.
    pub(super) fn explain(interruption: &Interruption, handshake: &Handshake) -> Self {
        let (by, alert) = match (interruption.failure.alert, interruption.kind) {
            (Some(number), _) => (Side::Server, Some(AlertName::of(number))),
            (None, CallErrorKind::UntrustedServer | CallErrorKind::HandshakeRefused) => {
                (Side::Client, None)
            }
            (None, _) => (Side::Nobody, None),
        };
        let (meaning, advice) = words(interruption, handshake);
        Self {
            by,
            alert,
            after_handshake: interruption.phase == Phase::Answer,
            meaning,
            advice: advice.to_owned(),
            detail: printable(&interruption.failure.text),
        }
    }
}

impl AlertName {
    fn of(number: u8) -> Self {
        let Alert { name, .. } = alert::of(number);
        Self { number, name }
    }
}

fn words(interruption: &Interruption, handshake: &Handshake) -> (String, &'static str) {
    if let Some(number) = interruption.failure.alert {
        let alert = alert::of(if handshake.is_without_certificate() {
            alert::CERTIFICATE_REQUIRED
        } else {
            number
        });
        return (alert.meaning.to_owned(), alert.advice);
    }
    if let Some(result) = interruption.distrust {
        let text = format!(
            "the server's certificate does not verify: {}; nothing was sent",
            result.error_string()
        );
        return (text, distrust_advice(result));
    }
    let (meaning, advice) = match (interruption.kind, interruption.phase) {
        (CallErrorKind::TimedOut, Phase::Connect) => (
            "no connection in time",
            "check the host and the port, and that no firewall drops the packets",
        ),
        (CallErrorKind::TimedOut, Phase::Handshake) => (
            "the server did not end the handshake in time",
            "check that the port speaks TLS; else try a longer --timeout",
        ),
        (CallErrorKind::TimedOut, Phase::Answer) => (
            "the server took the connection and did not answer in time",
            "try a longer --timeout",
        ),
        (CallErrorKind::HandshakeRefused, _) => (
            "our side could not go on with what the server sent; often the port speaks no TLS, or only an old version",
            "check the port, and that the server speaks TLS 1.2 or 1.3",
        ),
        (_, Phase::Connect) => (
            "no connection to the server",
            "check the host and the port, and that the server runs",
        ),
        _ if handshake.sent.is_some() => (
            "the connection broke without an alert after our answer to the request for a certificate; some servers refuse a certificate in this way",
            "the server's log has the reason; check that the partner knows this certificate",
        ),
        _ => (
            "the connection broke without an alert",
            "try again; a device between or the server's log may have the reason",
        ),
    };
    (meaning.to_owned(), advice)
}

fn distrust_advice(result: X509VerifyResult) -> &'static str {
    match result.as_raw() {
        HOSTNAME_MISMATCH | IP_ADDRESS_MISMATCH => {
            "call the server by a name that its certificate holds"
        }
        EXPIRED | NOT_YET_VALID => "the server's certificate must be renewed, or a clock is wrong",
        _ => {
            "where the server stands on a private root, name it with --cacert (OUTBOUND_TRUST_ANCHORS in the handler); \
             else the server does not send its intermediates"
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.by {
            Side::Server => "the server refused",
            Side::Client => "our side refused",
            Side::Nobody => "no answer",
        };
        write!(f, "{by}")?;
        if let Some(alert) = &self.alert {
            write!(f, ", with alert {} ({})", alert.number, alert.name)?;
        }
        if self.after_handshake && self.by == Side::Server {
            write!(f, ", read where the answer was awaited")?;
        }
        writeln!(f, "\n  meaning         {}", self.meaning)?;
        writeln!(f, "  what to do      {}", self.advice)?;
        if !self.detail.is_empty() {
            writeln!(f, "  detail          {}", self.detail)?;
        }
        Ok(())
    }
}
