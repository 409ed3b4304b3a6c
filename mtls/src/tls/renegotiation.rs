//! A second handshake on a connection of TLS 1.2, told by the content types of its records.
//!
//! Its messages are encrypted and their number is not: OpenSSL writes each message of ours into a record of its own. A
//! server that does not ask gets ClientHello and ClientKeyExchange before ChangeCipherSpec (ClientHello alone if it
//! resumes); one that asks gets a Certificate message between them, and a CertificateVerify message after them if
//! that message held a certificate (RFC 5246, section 7.3).

use serde::Serialize;

use super::records::{APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, RECORD_HEADER_BYTES};

/// The most content types that are kept; a connection with one renegotiation has about twenty.
const MAX_TYPES: usize = 256;

/// What a second handshake showed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Renegotiation {
    /// `None` if our side's messages do not tell, because the handshake ended before them.
    certificate_asked: Option<bool>,
    certificate_sent: bool,
}

impl Renegotiation {
    /// Reads the content types of a whole connection; `None` if there was one handshake.
    pub(crate) fn of(sent: &[u8], received: &[u8]) -> Option<Self> {
        after_finished(received)?
            .contains(&HANDSHAKE)
            .then_some(())?;
        let ours = after_finished(sent).unwrap_or_default();
        let flight = ours.iter().position(|kind| *kind == CHANGE_CIPHER_SPEC);
        let messages = flight.and_then(|end| ours.get(..end)).map(|flight| {
            let is_message = |kind: &&u8| **kind == HANDSHAKE;
            flight.iter().filter(is_message).count()
        });
        Some(Self {
            certificate_asked: messages.map(|count| count >= 3),
            certificate_sent: messages.is_some_and(|count| count >= 4),
        })
    }

    /// Whether the server is known to have asked for a certificate.
    pub(crate) fn is_asked(self) -> bool {
        self.certificate_asked == Some(true)
    }

    /// Whether it is known that it asked for none.
    pub(crate) fn is_not_asked(self) -> bool {
        self.certificate_asked == Some(false)
    }

    /// Whether our side sent a certificate.
    pub(crate) fn is_sent(self) -> bool {
        self.certificate_sent
    }
}

/// The types after the first ChangeCipherSpec and the Finished message that follows it.
fn after_finished(types: &[u8]) -> Option<&[u8]> {
    let changed = types.iter().position(|kind| *kind == CHANGE_CIPHER_SPEC)?;
    types.get(changed.checked_add(2)?..)
}

/// The content types of one direction's records, as they pass. Application data is left out.
#[derive(Default)]
pub(crate) struct ContentTypes {
    seen: Vec<u8>,
    header: Vec<u8>,
    /// Bytes of the current fragment that are still to come.
    fragment_left: usize,
}

impl ContentTypes {
    /// Takes the next bytes of the direction.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.seen.len() < MAX_TYPES {
            let skipped = self.fragment_left.min(bytes.len());
            self.fragment_left -= skipped;
            let rest = bytes.get(skipped..).unwrap_or_default();
            let missing = RECORD_HEADER_BYTES.saturating_sub(self.header.len());
            let (header, rest) = rest.split_at(missing.min(rest.len()));
            self.header.extend_from_slice(header);
            bytes = rest;
            if let [kind, _, _, high, low] = self.header[..] {
                self.fragment_left = usize::from(u16::from_be_bytes([high, low]));
                self.header.clear();
                self.seen.extend((kind != APPLICATION_DATA).then_some(kind));
            }
        }
    }

    /// The types so far.
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_handshake_is_told_by_the_number_of_our_messages() {
        let first = [22, 22, 20, 22];
        let of = |ours: &[u8], theirs: &[u8]| {
            Renegotiation::of(&[&first, ours].concat(), &[&first, theirs].concat())
                .map(|second| (second.certificate_asked, second.certificate_sent))
        };
        let theirs = [22, 22, 22, 22, 22];
        assert_eq!(of(&[], &[]), None);
        assert_eq!(of(&[21], &[21]), None);
        assert_eq!(of(&[], &[22]), Some((None, false)));
        assert_eq!(of(&[22, 21], &theirs), Some((None, false)));
        assert_eq!(of(&[22, 20, 22], &theirs), Some((Some(false), false)));
        assert_eq!(of(&[22, 22, 20, 22], &theirs), Some((Some(false), false)));
        assert_eq!(
            of(&[22, 22, 22, 20, 22], &theirs),
            Some((Some(true), false))
        );
        assert_eq!(
            of(&[22, 22, 22, 22, 20, 22], &theirs),
            Some((Some(true), true))
        );
    }

    #[test]
    fn content_types_are_found_however_the_bytes_come() {
        let bytes = [
            [22, 3, 3, 0, 2, 1, 1].as_slice(),
            &[23, 3, 3, 0, 1, 9],
            &[20, 3, 3, 0, 0],
            &[21, 3, 3, 0, 1, 9],
        ]
        .concat();
        for size in 1..=bytes.len() {
            let mut types = ContentTypes::default();
            for part in bytes.chunks(size) {
                types.take(part);
            }
            assert_eq!(types.seen(), [22, 20, 21], "{size}");
        }
    }
}
