//! Buffers for keys and passwords.
//!
//! What holds a secret is overwritten when it is dropped. A `Vec` that grows gives its old memory back as it is, copy
//! of the secret included, so secrets are put together in [`SecretBytes`] alone.

use std::ops::Deref;

use base64::{DecodeSliceError, Engine};
use zeroize::Zeroizing;

/// A buffer whose memory is overwritten when it is dropped, and when it moves to make room.
pub(super) struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// With room for this many bytes before it moves.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    /// Puts bytes at the end.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut wider = Zeroizing::new(Vec::with_capacity(2 * needed));
            wider.extend_from_slice(&self.0);
            self.0 = wider;
        }
        self.0.extend_from_slice(bytes);
    }

    /// As text, without a copy; empty if it is not UTF-8.
    pub(super) fn into_text(mut self) -> Zeroizing<String> {
        let text = String::from_utf8(std::mem::take(&mut self.0));
        Zeroizing::new(text.unwrap_or_else(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            String::new()
        }))
    }

    pub(super) fn into_inner(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl Deref for SecretBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Puts parts together.
pub(super) fn joined(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut bytes = SecretBytes::with_room(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| bytes.push(part));
    bytes.into_inner()
}

/// Decodes base64. What was decoded of text that is wrong further on is overwritten as well.
pub(super) fn from_base64(
    engine: &impl Engine,
    text: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecodeSliceError> {
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    let length = engine.decode_slice(text, &mut bytes)?;
    bytes.truncate(length);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_without_room_moves_and_keeps_its_contents() {
        let mut bytes = SecretBytes::with_room(2);
        let mut expected = Vec::new();
        for byte in 0..200 {
            let part = vec![byte; usize::from(byte % 7)];
            bytes.push(&part);
            expected.extend(part);
        }
        assert_eq!(*bytes, expected);
        assert_eq!(*bytes.into_inner(), expected);
    }

    #[test]
    fn parts_are_joined_and_base64_is_decoded_or_refused() {
        assert_eq!(*joined(&[b"ab", b"", b"c"]), b"abc");
        let engine = &base64::engine::general_purpose::STANDARD;
        assert_eq!(*from_base64(engine, b"aGVsbG8=").unwrap(), b"hello");
        assert!(from_base64(engine, b"aGVsbG8=%").is_err());
    }
}
