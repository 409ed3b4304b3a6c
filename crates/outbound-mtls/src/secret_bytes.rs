//! Buffers for keys and passwords.
//!
//! What holds a secret is overwritten when it is dropped, and has its whole room from the start: a buffer that grows
//! would leave copies behind where nothing overwrites them.

use base64::{DecodeSliceError, Engine};

use zeroize::Zeroizing;

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

/// Puts parts together.
pub(super) fn joined(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let room = parts.iter().map(|part| part.len()).sum();
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    for part in parts {
        bytes.extend_from_slice(part);
    }
    bytes
}
