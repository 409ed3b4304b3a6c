//! What the server offers in its handshakes: versions of TLS, HTTP/2, and whether it asks for a certificate.

use openssl::ssl::SslVersion;

use super::caller::{Caller, Greeting, Shaken};
use super::forgeries::Presenting;
use super::mode::Asks;
use super::outcome::Outcome;
use super::progress::Progress;
use super::row::{Row, Verdict};
use crate::tls::records::{CERTIFICATE_REQUEST, HANDSHAKE, SERVER_HELLO_DONE, messages, records};

/// HTTP/2 first, as browsers offer it.
const PROTOCOLS: &[u8] = b"\x02h2\x08http/1.1";

/// What is known about the handshakes.
pub(super) struct Handshakes {
    pub(super) rows: Vec<Row>,
    pub(super) asks: Asks,
    pub(super) tls_1_3: bool,
}

/// Makes six handshakes, and one request on the last.
pub(super) fn examine(caller: &Caller, secured: &str, progress: &Progress) -> Handshakes {
    progress.show("versions of TLS");
    let versions = [
        ("TLS 1.0", SslVersion::TLS1, false),
        ("TLS 1.1", SslVersion::TLS1_1, false),
        ("TLS 1.2", SslVersion::TLS1_2, true),
        ("TLS 1.3", SslVersion::TLS1_3, true),
    ];
    let outcomes = versions.map(|(_, version, _)| shake(caller, version));
    let tls_1_3 = outcomes[3].is_none();
    let mut rows: Vec<Row> = versions
        .iter()
        .zip(&outcomes)
        .map(|((name, _, wanted), outcome)| version_row(name, *wanted, outcome.as_ref()))
        .collect();
    rows.push(http_2(caller));
    Handshakes {
        rows,
        asks: asks(caller, secured),
        tls_1_3,
    }
}

/// One version alone, with the allowed certificate, since some servers end the handshake without one. `None` if the
/// server offers it.
fn shake(caller: &Caller, version: SslVersion) -> Option<Outcome> {
    let greeting = Greeting {
        oldest: version,
        newest: version,
        protocols: b"",
        presenting: Presenting::Allowed,
    };
    caller.shake(&greeting).stream.err()
}

/// Old versions must be refused; a new one that is refused is worth knowing.
fn version_row(name: &str, wanted: bool, failure: Option<&Outcome>) -> Row {
    let (seen, verdict) = match failure {
        None if wanted => ("offered".to_owned(), Verdict::Fine),
        None => ("offered".to_owned(), Verdict::Wrong),
        Some(Outcome::TimedOut | Outcome::NotConnected(_)) => {
            ("no answer; unknown".to_owned(), Verdict::Wrong)
        }
        Some(failure) => {
            let verdict = if wanted { Verdict::Note } else { Verdict::Fine };
            (refusal(failure), verdict)
        }
    };
    Row {
        check: name.to_owned(),
        expected: if wanted { "offered" } else { "not offered" },
        seen,
        verdict,
        advice: (verdict == Verdict::Wrong).then_some(match failure {
            None => "set minTlsVersion to 1.2",
            Some(_) => "the server did not answer this handshake; try again",
        }),
    }
}

/// An alert is the ordinary way to refuse a version; anything else is shown.
fn refusal(failure: &Outcome) -> String {
    match failure {
        Outcome::Alert(_) => "not offered".to_owned(),
        failure => format!("not offered ({})", failure),
    }
}

/// HTTP/2 is worth knowing: no server can ask for a certificate later on such a connection (RFC 8740).
fn http_2(caller: &Caller) -> Row {
    let greeting = Greeting {
        protocols: PROTOCOLS,
        ..Greeting::usual(Presenting::Allowed)
    };
    let (seen, verdict) = match caller.shake(&greeting).stream {
        Ok(stream) if stream.ssl().selected_alpn_protocol() == Some(b"h2") => (
            "offered; better off with client certificates".to_owned(),
            Verdict::Note,
        ),
        Ok(_) => ("not offered".to_owned(), Verdict::Fine),
        Err(failure) => (failure.to_string(), Verdict::Note),
    };
    Row {
        check: "HTTP/2".to_owned(),
        expected: "not offered",
        seen,
        verdict,
        advice: None,
    }
}

/// When the server asks for a certificate. Under TLS 1.2 its request is in the clear, and a second handshake shows by
/// its records.
fn asks(caller: &Caller, secured: &str) -> Asks {
    let greeting = Greeting {
        newest: SslVersion::TLS1_2,
        ..Greeting::usual(Presenting::Nothing)
    };
    let Shaken { stream, beginning } = caller.shake(&greeting);
    let Ok(mut stream) = stream else {
        return match asked(&beginning) {
            Some(true) => Asks::AtOnce,
            Some(false) | None => Asks::Unknown,
        };
    };
    match asked(stream.get_ref().beginning()) {
        Some(true) => Asks::AtOnce,
        None => Asks::Unknown,
        Some(false) => {
            // What it answers is of no interest here; the request is what makes a server ask later.
            let _ = caller.get_on(&mut stream, secured);
            match stream.get_ref().renegotiation() {
                Some(second) if second.is_asked() => Asks::Later,
                Some(_) => Asks::Unknown,
                None => Asks::Never,
            }
        }
    }
}

/// Whether a server's first flight asks for a certificate; `None` if the flight is incomplete or unreadable.
fn asked(flight: &[u8]) -> Option<bool> {
    let fragments: Vec<u8> = records(flight)
        .take_while(|record| record.content_type == HANDSHAKE)
        .flat_map(|record| record.fragment)
        .copied()
        .collect();
    messages(&fragments).find_map(|message| match message.kind {
        CERTIFICATE_REQUEST => Some(true),
        SERVER_HELLO_DONE => Some(false),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One record with some of the bytes of the messages.
    fn record(bytes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        [&[HANDSHAKE, 3, 3], &length[..], bytes].concat()
    }

    #[test]
    fn the_request_for_a_certificate_is_found_wherever_records_begin() {
        let hello = [2, 0, 0, 3, 9, 9, 9];
        let request = [CERTIFICATE_REQUEST, 0, 0, 1, 0];
        let done = [SERVER_HELLO_DONE, 0, 0, 0];
        let asking = [&hello[..], &request, &done].concat();
        let silent = [&hello[..], &done].concat();
        assert_eq!(asked(&record(&asking)), Some(true));
        assert_eq!(asked(&record(&silent)), Some(false));
        let (one, two) = asking.split_at(5);
        assert_eq!(asked(&[record(one), record(two)].concat()), Some(true));
        assert_eq!(asked(&record(&hello)), None);
        assert_eq!(asked(&[21, 3, 3, 0, 2, 2, 40]), None);
        assert_eq!(asked(b""), None);
    }

    #[test]
    fn old_versions_must_be_refused_and_new_ones_are_noted() {
        let alert = Outcome::Alert("x".to_owned());
        for (wanted, failure, verdict) in [
            (false, None, Verdict::Wrong),
            (false, Some(&alert), Verdict::Fine),
            (true, None, Verdict::Fine),
            (true, Some(&alert), Verdict::Note),
            (false, Some(&Outcome::TimedOut), Verdict::Wrong),
        ] {
            assert_eq!(
                version_row("x", wanted, failure).verdict,
                verdict,
                "{wanted} {failure:?}"
            );
        }
    }
}
