//! What an interruption means and what to do about it, computed from what was seen of the connection.

use openssl::x509::X509VerifyResult;

use super::alert::{self, About};
use super::handshake::{Greeting, Handshake};
use super::interruption::{Cause, Interruption, Phase};

/// Verdicts of OpenSSL about a server's certificate (`x509_vfy.h`).
const HOSTNAME_MISMATCH: i32 = 62;
const IP_ADDRESS_MISMATCH: i32 = 64;
const NOT_YET_VALID: i32 = 9;
const EXPIRED: i32 = 10;

/// Reasons of OpenSSL for ending a handshake (`sslerr.h`).
const UNSUPPORTED_PROTOCOL: i32 = 258;
const LEGACY_RENEGOTIATION: i32 = 338;
const WEAK_PARAMETERS: [i32; 4] = [394, 397, 398, 399];

/// In words, and what to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Meaning {
    pub(crate) text: String,
    pub(crate) advice: &'static str,
}

impl Meaning {
    /// Explains an interruption. Our certificate is blamed only if it was sent.
    pub(crate) fn of(interruption: &Interruption, handshake: &Handshake) -> Self {
        let (text, advice) = match interruption.cause {
            Cause::Alert(number) => of_alert(number, handshake),
            Cause::Untrusted(result) => return of_distrust(result),
            Cause::Closed => of_end(interruption.phase, handshake),
            Cause::TimedOut => of_silence(interruption.phase),
            Cause::Aborted(reason) => of_abort(reason),
            Cause::Unreachable => (
                "no connection to the server",
                "check the host and the port, and that the server runs",
            ),
            Cause::NotTls(Greeting::PlainHttp) => (
                "the server speaks no TLS on this port: it answered in plain HTTP",
                "check the port; HTTPS usually has one of its own",
            ),
            Cause::NotTls(_) => (
                "the server speaks no TLS on this port: its first bytes are something else",
                "check the host and the port",
            ),
            Cause::NotHttp => (
                "the TLS connection was made, and what the server sent on it is not HTTP/1.1; this says nothing about our certificate",
                "check that this port serves HTTP; the server's log has more",
            ),
        };
        Self {
            text: text.to_owned(),
            advice,
        }
    }
}

fn of_alert(number: u8, handshake: &Handshake) -> (&'static str, &'static str) {
    let alert = alert::of(number);
    match (alert.about, handshake.is_sent(), handshake.is_asked()) {
        (About::Connection, _, _) | (_, true, _) => (alert.meaning, alert.advice),
        (About::Certificate | About::Anything, false, true) => (
            "the server demands a client certificate and got none",
            "name one with --identity; if one was named, the server asked for kinds of key that it does not have",
        ),
        (About::Certificate, false, false) => (
            "the alert is about a client certificate, and none was sent or seen to be asked for",
            "ask whoever runs the server what its log says about this call",
        ),
        (About::Anything, false, false) => (alert.meaning, alert.advice),
    }
}

fn of_distrust(result: X509VerifyResult) -> Meaning {
    let advice = match result.as_raw() {
        HOSTNAME_MISMATCH | IP_ADDRESS_MISMATCH => {
            "call the server by a name that its certificate holds"
        }
        EXPIRED | NOT_YET_VALID => {
            "look at the dates below: a certificate of the server must be renewed, or this machine's clock is wrong"
        }
        _ => {
            "if the server's certificate comes from a private root, name that root with --cacert \
             (OUTBOUND_TRUST_ANCHORS in the handler); if not, the server does not send its intermediates"
        }
    };
    Meaning {
        text: format!(
            "the server's certificate does not verify: {}; no request was sent",
            result.error_string()
        ),
        advice,
    }
}

/// The connection ended without an alert.
fn of_end(phase: Phase, handshake: &Handshake) -> (&'static str, &'static str) {
    match (phase, handshake.is_sent(), handshake.is_asked()) {
        (_, true, _) => (
            "the connection ended without an alert after our certificate was sent; some servers refuse a certificate this way, and others fail",
            "the server's log has the reason; if it names the certificate, the partner has to register it, by its thumbprint below",
        ),
        (_, false, true) => (
            "the connection ended without an alert after our side answered that it has no certificate; some servers refuse this way",
            "name a certificate with --identity",
        ),
        (Phase::Answer, false, false) => (
            "the server took the request and closed the connection without an answer",
            "try again; the server's log, or that of a device in between, has the reason",
        ),
        (Phase::Connect | Phase::Handshake, false, false) => (
            "the connection ended during the handshake, without an alert and before any certificate was asked for",
            "check that the port speaks TLS; the server's log, or that of a device in between, has the reason",
        ),
    }
}

fn of_silence(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Connect => (
            "no connection in time",
            "check the host and the port, and that no firewall drops the packets",
        ),
        Phase::Handshake => (
            "the server did not finish the handshake in time",
            "check that the port speaks TLS; if it does, try a longer --timeout",
        ),
        Phase::Answer => (
            "the server accepted the connection and did not answer in time",
            "try a longer --timeout",
        ),
    }
}

fn of_abort(reason: Option<i32>) -> (&'static str, &'static str) {
    match reason {
        Some(UNSUPPORTED_PROTOCOL) => (
            "the server chose a version of TLS that our side does not accept",
            "the server must support TLS 1.2 or 1.3; with --tls, also try the other one",
        ),
        Some(LEGACY_RENEGOTIATION) => (
            "the server does not support secure renegotiation (RFC 5746), which our side requires",
            "the server must be updated",
        ),
        Some(reason) if WEAK_PARAMETERS.contains(&reason) => (
            "the server's key, parameters or digest are too weak for our side",
            "the server must use stronger ones",
        ),
        _ => (
            "our side ended the handshake because of what the server sent",
            "the detail names OpenSSL's reason; try the other version with --tls",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::Renegotiation;

    fn meaning(cause: Cause, phase: Phase, handshake: &Handshake) -> Meaning {
        let interruption = Interruption {
            phase,
            cause,
            detail: String::new(),
        };
        Meaning::of(&interruption, handshake)
    }

    /// Neither, asked for, sent; in a first and in a second handshake.
    fn handshakes() -> [(bool, bool, Handshake); 5] {
        let asked = Some(Vec::new());
        let renegotiated = |messages: usize| {
            let flight = [vec![22, 22, 20, 22], vec![22; messages], vec![20]].concat();
            Handshake {
                renegotiation: Renegotiation::of(&flight, &[22, 20, 22, 22]),
                ..Handshake::default()
            }
        };
        let of = |sent| Handshake {
            asked: asked.clone(),
            sent: Some(sent),
            ..Handshake::default()
        };
        [
            (false, false, Handshake::default()),
            (true, false, of(Vec::new())),
            (true, true, of(vec![vec![1]])),
            (true, false, renegotiated(3)),
            (true, true, renegotiated(4)),
        ]
    }

    #[test]
    fn our_certificate_is_blamed_only_if_it_was_sent() {
        let causes = (0..=u8::MAX).map(Cause::Alert).chain([
            Cause::Closed,
            Cause::TimedOut,
            Cause::NotHttp,
            Cause::NotTls(Greeting::PlainHttp),
            Cause::NotTls(Greeting::Other),
            Cause::Aborted(None),
            Cause::Unreachable,
        ]);
        for cause in causes {
            for (asked, sent, handshake) in handshakes() {
                for phase in [Phase::Handshake, Phase::Answer] {
                    let Meaning { text, advice } = meaning(cause, phase, &handshake);
                    let blames = |text: &str| {
                        text.contains("our certificate") && !text.contains("says nothing about")
                            || text.contains("thumbprint")
                    };
                    assert!(
                        sent || !blames(&text) && !blames(advice),
                        "{cause:?} {text}; {advice}"
                    );
                    let names = text.contains("demands a client certificate");
                    assert!(!names || asked && !sent, "{cause:?} {text}");
                }
            }
        }
    }

    #[test]
    fn bad_http_is_the_servers_whatever_was_sent() {
        for (_, _, handshake) in handshakes() {
            let meaning = meaning(Cause::NotHttp, Phase::Answer, &handshake);
            assert!(meaning.text.contains("not HTTP/1.1"), "{meaning:?}");
        }
    }

    #[test]
    fn an_alert_about_the_connection_keeps_its_meaning() {
        for (_, _, handshake) in handshakes() {
            for number in [70, 71, 112, 120] {
                let meaning = meaning(Cause::Alert(number), Phase::Handshake, &handshake);
                assert_eq!(meaning.text, alert::of(number).meaning);
            }
        }
    }
}
