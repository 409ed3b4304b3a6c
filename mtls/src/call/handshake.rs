//! What both sides said about certificates, read from the records of a handshake.
//!
//! RFC 5246 (TLS 1.2) and RFC 8446 (TLS 1.3). A second handshake under TLS 1.2 is encrypted and not seen.

use bytes::Buf as _;

use super::record_key::RecordKey;
use super::recorder::{Recording, Tape};

/// Content types of records (RFC 8446, section 5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// Types of handshake messages (RFC 8446, section 4).
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_REQUEST: u8 = 13;

/// The extension of a request that names authorities (RFC 8446, section 4.2.4).
const CERTIFICATE_AUTHORITIES: u16 = 47;

/// What was said about certificates.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Handshake {
    /// DER, as the server sent them; nothing where it got to send none.
    pub(super) server_chain: Option<Vec<Vec<u8>>>,
    /// The names of the authorities that the server takes, DER; empty where it names none, nothing where it asked
    /// for no certificate.
    pub(super) asked: Option<Vec<Vec<u8>>>,
    /// DER, as we sent them; empty where we said that we have none, nothing where we said nothing.
    pub(super) sent: Option<Vec<Vec<u8>>>,
}

impl Handshake {
    /// Reads what was recorded. What cannot be read, or is not there yet, is left out.
    pub(super) fn of(recording: &Recording) -> Self {
        let is_tls13 = recording.received.secret.is_some();
        let suite = suite(&recording.received);
        let received = messages(&recording.received, suite);
        let sent = messages(&recording.sent, suite);
        let find = |messages: &[Message], kind| {
            let found = messages.iter().find(|message| message.kind == kind);
            found.map(|message| message.body.clone())
        };
        Self {
            server_chain: find(&received, CERTIFICATE)
                .and_then(|body| certificates(&body, is_tls13)),
            asked: find(&received, CERTIFICATE_REQUEST)
                .and_then(|body| authorities(&body, is_tls13)),
            sent: find(&sent, CERTIFICATE).and_then(|body| certificates(&body, is_tls13)),
        }
    }

    /// Whether the server asked for a certificate and was told that there is none.
    pub(super) fn is_without_certificate(&self) -> bool {
        self.asked.is_some() && self.sent.as_ref().is_some_and(Vec::is_empty)
    }
}

struct Message {
    kind: u8,
    body: Vec<u8>,
}

/// The cipher suite of the server's hello, which is never encrypted.
fn suite(tape: &Tape) -> Option<u16> {
    let messages = messages(tape, None);
    let hello = messages
        .iter()
        .find(|message| message.kind == SERVER_HELLO)?;
    // Behind the version and the random.
    let mut body = hello.body.get(34..)?;
    vector(&mut body, 1)?;
    body.try_get_u16().ok()
}

/// All handshake messages of one direction up to the end of what can be read.
fn messages(tape: &Tape, suite: Option<u16>) -> Vec<Message> {
    let content = content(tape, suite);
    let mut rest = content.as_slice();
    let mut messages = Vec::new();
    while let Ok(kind) = rest.try_get_u8() {
        let Some(body) = vector(&mut rest, 3) else {
            break;
        };
        messages.push(Message {
            kind,
            body: body.to_vec(),
        });
    }
    messages
}

/// The contents of all handshake records, which messages may begin and end anywhere in.
fn content(tape: &Tape, suite: Option<u16>) -> Vec<u8> {
    let secret = tape.secret.as_ref().zip(suite);
    let mut key = secret.and_then(|(secret, suite)| RecordKey::derive(secret, suite));
    let mut rest = tape.bytes.as_slice();
    let mut content = Vec::new();
    while let Some((header, fragment)) = record(&mut rest) {
        match (header.first().copied(), &mut key) {
            (Some(HANDSHAKE), _) => content.extend_from_slice(fragment),
            // Under TLS 1.2 all is encrypted from here on.
            (Some(CHANGE_CIPHER_SPEC), None) => break,
            (Some(APPLICATION_DATA), Some(key)) => match key.open(header, fragment) {
                Some((HANDSHAKE, plain)) => content.extend(plain),
                Some(_) => {}
                None => break,
            },
            _ => {}
        }
    }
    content
}

/// The next record: its header of five bytes, and what it carries.
fn record<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (header, after) = rest.split_at_checked(5)?;
    let length = header.get(3..)?.try_get_u16().ok()?;
    let (fragment, after) = after.split_at_checked(usize::from(length))?;
    *rest = after;
    Some((header, fragment))
}

/// The list of a Certificate message.
fn certificates(mut body: &[u8], is_tls13: bool) -> Option<Vec<Vec<u8>>> {
    if is_tls13 {
        // The context, which is empty in a handshake.
        vector(&mut body, 1)?;
    }
    let mut list = vector(&mut body, 3)?;
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(vector(&mut list, 3)?.to_vec());
        if is_tls13 {
            // The extensions of this certificate.
            vector(&mut list, 2)?;
        }
    }
    Some(certificates)
}

/// The names in a CertificateRequest message.
fn authorities(mut body: &[u8], is_tls13: bool) -> Option<Vec<Vec<u8>>> {
    // TLS 1.2: kinds of certificate; TLS 1.3: the context.
    vector(&mut body, 1)?;
    // TLS 1.2: signature algorithms; TLS 1.3: extensions.
    let mut extensions = vector(&mut body, 2)?;
    if !is_tls13 {
        return names(&mut body);
    }
    while let Ok(kind) = extensions.try_get_u16() {
        let mut data = vector(&mut extensions, 2)?;
        if kind == CERTIFICATE_AUTHORITIES {
            return names(&mut data);
        }
    }
    Some(Vec::new())
}

fn names(data: &mut &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = vector(data, 2)?;
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(vector(&mut list, 2)?.to_vec());
    }
    Some(names)
}

/// Takes bytes that stand behind their length, which itself has so many bytes.
fn vector<'a>(rest: &mut &'a [u8], length_bytes: usize) -> Option<&'a [u8]> {
    let length = rest.try_get_uint(length_bytes).ok()?;
    let (taken, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(bytes: &[u8]) -> Tape {
        Tape {
            bytes: bytes.to_vec(),
            secret: None,
        }
    }

    #[test]
    fn messages_may_be_spread_over_records_and_share_them() {
        // A message of type 9 with two bytes, and one of type 11 that begins in the same record.
        let bytes = [
            [22, 3, 3, 0, 8, 9, 0, 0, 2, 1, 2, 11, 0].as_slice(),
            &[22, 3, 3, 0, 3, 0, 1, 7],
            &[20, 3, 3, 0, 1, 1],
            &[22, 3, 3, 0, 4, 1, 1, 1, 1],
        ]
        .concat();
        let read = messages(&tape(&bytes), None);
        let read: Vec<_> = read.iter().map(|m| (m.kind, m.body.as_slice())).collect();
        assert_eq!(read, [(9, [1, 2].as_slice()), (11, &[7])]);
    }

    #[test]
    fn every_cut_of_a_tape_is_read_without_a_panic() {
        let list = [0, 0, 6, 0, 0, 3, 1, 2, 3];
        let message = [[11, 0, 0, 9].as_slice(), &list].concat();
        let whole = [[22, 3, 3, 0, 13].as_slice(), &message].concat();
        for end in 0..whole.len() {
            assert_eq!(messages(&tape(&whole[..end]), None).len(), 0, "{end}");
        }
        let read = messages(&tape(&whole), None);
        assert_eq!(
            certificates(&read[0].body, false),
            Some(vec![vec![1, 2, 3]])
        );
        for end in 0..list.len() {
            assert_eq!(certificates(&list[..end], false), None, "{end}");
        }
    }

    #[test]
    fn authorities_are_named_in_either_version() {
        let names = [0, 5, 0, 3, 1, 2, 3];
        let tls12 = [[1, 64, 0, 2, 4, 3].as_slice(), &names].concat();
        assert_eq!(authorities(&tls12, false), Some(vec![vec![1, 2, 3]]));
        let other = [0, 13, 0, 1, 9];
        let tls13 = [[0, 0, 16].as_slice(), &other, &[0, 47, 0, 7], &names].concat();
        assert_eq!(authorities(&tls13, true), Some(vec![vec![1, 2, 3]]));
        let silent = [[0, 0, 5].as_slice(), &other].concat();
        assert_eq!(authorities(&silent, true), Some(Vec::new()));
    }
}
