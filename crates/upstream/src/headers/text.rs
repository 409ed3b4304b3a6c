//! Texts in headers.

use http::HeaderValue;

/// A text that is known to fit into a header; one that does not is sent as an empty one rather than in part.
pub(crate) fn header_text(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
