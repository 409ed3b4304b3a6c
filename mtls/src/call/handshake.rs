//! What both sides said about certificates, read from the records of a handshake.

use bytes::Buf as _;

use super::certificate_messages::{authorities, certificates};
use super::record_key::RecordKey;
use super::recorder::{Recording, Tape};
use crate::tls::Renegotiation;
use crate::tls::records::{
    APPLICATION_DATA, CERTIFICATE, CERTIFICATE_REQUEST, CHANGE_CIPHER_SPEC, HANDSHAKE,
    SERVER_HELLO, messages, records, vector,
};

/// What was said about certificates.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Handshake {
    /// DER, as the server sent them; `None` if the handshake ended before.
    pub(crate) server_chain: Option<Vec<Vec<u8>>>,
    /// The names of the authorities that the server accepts, DER; empty if it names none, `None` if it asked for no
    /// certificate.
    pub(crate) asked: Option<Vec<Vec<u8>>>,
    /// DER, as our side sent them; empty if we declared that we have none, `None` if we sent no such message.
    pub(crate) sent: Option<Vec<Vec<u8>>>,
    /// A second handshake on the same connection (TLS 1.2).
    pub(crate) renegotiation: Option<Renegotiation>,
    /// What the server's first bytes are; `None` if there are none.
    pub(crate) greeting: Option<Greeting>,
}

/// What a server's first bytes are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Greeting {
    Tls,
    /// An HTTP response in the clear.
    PlainHttp,
    Other,
}

impl Handshake {
    /// Reads what was recorded. What is unreadable or absent is left out.
    pub(crate) fn of(recording: &Recording) -> Self {
        let is_tls13 = recording.received.secret.is_some();
        let suite = suite(&recording.received);
        let received = content(&recording.received, suite);
        let sent = content(&recording.sent, suite);
        let find = |content: &[u8], kind| {
            messages(content)
                .find(|message| message.kind == kind)
                .map(|message| message.payload.to_vec())
        };
        Self {
            server_chain: find(&received, CERTIFICATE)
                .and_then(|payload| certificates(&payload, is_tls13)),
            asked: find(&received, CERTIFICATE_REQUEST)
                .and_then(|payload| authorities(&payload, is_tls13)),
            sent: find(&sent, CERTIFICATE).and_then(|payload| certificates(&payload, is_tls13)),
            renegotiation: Renegotiation::of(
                recording.sent.types.seen(),
                recording.received.types.seen(),
            )
            .filter(|_| !is_tls13),
            greeting: Greeting::of(&recording.received.bytes),
        }
    }

    /// Whether the server asked for a certificate, in the first handshake or in a second one.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.is_some() || self.renegotiation.is_some_and(|second| second.is_asked())
    }

    /// Whether a certificate was sent, in the first handshake or in a second one.
    pub(crate) fn is_sent(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| !sent.is_empty())
            || self.renegotiation.is_some_and(|second| second.is_sent())
    }
}

impl Greeting {
    fn of(received: &[u8]) -> Option<Self> {
        Some(match received {
            [] => return None,
            // The content types of RFC 8446, section 5.1; every version of TLS begins with 3.
            [20..=23, 3, ..] | [20..=23] => Self::Tls,
            received if received.starts_with(b"HTTP/") => Self::PlainHttp,
            _ => Self::Other,
        })
    }
}

/// The cipher suite of the server's hello, which is never encrypted.
fn suite(tape: &Tape) -> Option<u16> {
    let content = content(tape, None);
    let hello = messages(&content).find(|message| message.kind == SERVER_HELLO)?;
    // After the version and the random.
    let mut payload = hello.payload.get(34..)?;
    vector(&mut payload, 1)?;
    payload.try_get_u16().ok()
}

/// The fragments of all handshake records, in which messages begin and end anywhere.
fn content(tape: &Tape, suite: Option<u16>) -> Vec<u8> {
    let secret = tape.secret.as_ref().zip(suite);
    let mut key = secret.and_then(|(secret, suite)| RecordKey::derive(secret, suite));
    let mut content = Vec::new();
    for record in records(&tape.bytes) {
        match (record.content_type, &mut key) {
            (HANDSHAKE, _) => content.extend_from_slice(record.fragment),
            // Under TLS 1.2 everything is encrypted from here on.
            (CHANGE_CIPHER_SPEC, None) => break,
            (APPLICATION_DATA, Some(key)) => match key.open(record.header, record.fragment) {
                Some((HANDSHAKE, plain)) => content.extend(plain),
                Some(_) => {}
                None => break,
            },
            _ => {}
        }
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_can_be_spread_over_records_and_share_them() {
        // A message of type 9 with two bytes, and one of type 11 that begins in the same record.
        let bytes = [
            [22, 3, 3, 0, 8, 9, 0, 0, 2, 1, 2, 11, 0].as_slice(),
            &[22, 3, 3, 0, 3, 0, 1, 7],
            &[20, 3, 3, 0, 1, 1],
            &[22, 3, 3, 0, 4, 1, 1, 1, 1],
        ]
        .concat();
        let tape = Tape {
            bytes,
            ..Tape::default()
        };
        let content = content(&tape, None);
        let read: Vec<_> = messages(&content)
            .map(|message| (message.kind, message.payload))
            .collect();
        assert_eq!(read, [(9, [1, 2].as_slice()), (11, &[7])]);
    }

    #[test]
    fn a_servers_first_bytes_say_whether_it_speaks_tls() {
        for (bytes, expected) in [
            (b"".as_slice(), None),
            (&[22, 3, 3, 0, 1], Some(Greeting::Tls)),
            (&[21, 3, 1], Some(Greeting::Tls)),
            (b"HTTP/1.1 400 Bad Request", Some(Greeting::PlainHttp)),
            (b"220 mail.example ESMTP", Some(Greeting::Other)),
            (&[22, 2], Some(Greeting::Other)),
        ] {
            assert_eq!(Greeting::of(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
