//! Requests that are answered and never passed on.

use http::{HeaderMap, Method, Request, header};

use crate::Failure;

/// Why a request is not passed on, if it is not.
pub(crate) fn refused<B>(request: &Request<B>) -> Option<Failure> {
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return Some(Failure::Method);
    }
    if !is_readable(request.headers()) {
        return Some(Failure::TransferCoding);
    }
    // h2c alone is an offer that a server may pass over: clients that make it go on with HTTP/1.1.
    let mut protocols = request.headers().get_all(header::UPGRADE).iter();
    protocols
        .any(|protocol| !protocol.as_bytes().eq_ignore_ascii_case(b"h2c"))
        .then_some(Failure::Upgrade)
}

/// Whether no transfer coding was applied but chunked, once.
fn is_readable(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (lines.next(), lines.next()) {
        (None, _) => true,
        (Some(codings), None) => codings.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}
