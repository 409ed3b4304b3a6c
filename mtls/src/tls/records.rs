//! The records and handshake messages of TLS, as far as they are in the clear (RFC 5246, sections 6.2 and 7.4; RFC 8446,
//! sections 4 and 5.1).
//!
//! Own code, because nothing kept does the whole job: tls-parser (0.12) reads records and the messages of TLS 1.2, and
//! has no reader for the Certificate and CertificateRequest messages of TLS 1.3; OpenSSL's message callback has no safe
//! binding.

use bytes::Buf as _;

/// The header of a record: its content type, a version, and the length of its fragment.
pub(crate) const RECORD_HEADER_BYTES: usize = 5;

/// Content types of records (RFC 8446, section 5.1).
pub(crate) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const APPLICATION_DATA: u8 = 23;

/// Types of handshake messages (RFC 5246, section 7.4; RFC 8446, section 4).
pub(crate) const SERVER_HELLO: u8 = 2;
pub(crate) const CERTIFICATE: u8 = 11;
pub(crate) const CERTIFICATE_REQUEST: u8 = 13;
pub(crate) const SERVER_HELLO_DONE: u8 = 14;

/// One record as it was sent, encrypted or not.
pub(crate) struct Record<'a> {
    pub(crate) content_type: u8,
    /// All five bytes, which TLS 1.3 authenticates together with the fragment.
    pub(crate) header: &'a [u8],
    pub(crate) fragment: &'a [u8],
}

/// The complete records at the start of `bytes`, in their order.
pub(crate) fn records(mut bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let (header, after) = bytes.split_at_checked(RECORD_HEADER_BYTES)?;
        let length = header.get(3..)?.try_get_u16().ok()?;
        let (fragment, after) = after.split_at_checked(usize::from(length))?;
        bytes = after;
        Some(Record {
            content_type: *header.first()?,
            header,
            fragment,
        })
    })
}

/// One handshake message.
pub(crate) struct Message<'a> {
    pub(crate) kind: u8,
    pub(crate) payload: &'a [u8],
}

/// The complete handshake messages in the joined fragments of handshake records.
pub(crate) fn messages(mut fragments: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let kind = fragments.try_get_u8().ok()?;
        let payload = vector(&mut fragments, 3)?;
        Some(Message { kind, payload })
    })
}

/// Takes the bytes that follow their length, which itself has `length_bytes` bytes (RFC 8446, section 3.4).
pub(crate) fn vector<'a>(rest: &mut &'a [u8], length_bytes: usize) -> Option<&'a [u8]> {
    let length = rest.try_get_uint(length_bytes).ok()?;
    let (taken, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_and_messages_end_where_they_are_cut() {
        let message = [11, 0, 0, 3, 1, 2, 3];
        let whole = [[HANDSHAKE, 3, 3, 0, 7].as_slice(), &message].concat();
        for end in 0..whole.len() {
            assert_eq!(records(&whole[..end]).count(), 0, "{end}");
        }
        let record = records(&whole).next().unwrap();
        assert_eq!((record.content_type, record.header.len()), (HANDSHAKE, 5));
        for end in 0..message.len() {
            assert_eq!(messages(&message[..end]).count(), 0, "{end}");
        }
        let message = messages(record.fragment).next().unwrap();
        assert_eq!((message.kind, message.payload), (11, [1, 2, 3].as_slice()));
    }
}
