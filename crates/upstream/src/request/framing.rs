//! How the upstream finds the end of a request's body.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use hyper::body::Body;

/// Frames a body as it came: with its length if that is known, in chunks if not (RFC 9112, section 6.3). Never both: what the
/// headers say of it is not passed on, but for the 0 of a request that said so.
///
/// hyper takes these headers at their word. Without them it would send a `GET` with a body of unknown length as one without.
pub(crate) fn frame(headers: &mut HeaderMap, body: &impl Body<Data = Bytes>, said_length: bool) {
    if body.is_end_stream() {
        if said_length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        return;
    }
    match body.size_hint().exact() {
        Some(length) => headers.insert(CONTENT_LENGTH, length.into()),
        None => headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked")),
    };
}
