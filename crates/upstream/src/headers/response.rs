//! The headers of an answer on its way to the caller.

use http::HeaderMap;
use http::header::LOCATION;

use super::hop_by_hop::remove_hop_by_hop;
use super::location::{Rewriting, rewritten};
use super::removed::{is_identity, remove_if};

/// Makes the headers of an answer those that the caller gets.
///
/// An upstream that echoes the headers of its request would show the secret and the certificate to the caller, so identity
/// headers are removed here as well.
pub(crate) fn response_headers(headers: &mut HeaderMap, rewriting: &Rewriting<'_>) {
    clean_answer_trailers(headers);
    let location = headers.get(LOCATION);
    if let Some(location) = location.and_then(|location| rewritten(location, rewriting)) {
        headers.insert(LOCATION, location);
    }
}

/// Removes from headers or trailers of an answer what is for our connection to the upstream alone.
pub(crate) fn clean_answer_trailers(headers: &mut HeaderMap) {
    remove_hop_by_hop(headers);
    remove_if(headers, |name| is_identity(name.as_str()));
}
