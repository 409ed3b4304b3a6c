//! Percent-encoding of what goes into a request target.

use std::fmt::Write as _;

/// Percent-encodes every byte of a text but the unreserved characters (RFC 3986, section 2.3) and those that `keep`
/// names.
pub fn escaped(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
