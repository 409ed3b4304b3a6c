//! The headers of a request on its way to the upstream.

use http::HeaderMap;
use http::header::{ACCEPT, CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TE, VIA};

use super::added::added;
use super::hop_by_hop::remove_hop_by_hop;
use super::removed::{Removal, remove_if};
use crate::{HostName, Identity, Outside, UpstreamOptions};

/// By which name we appear in `Via` (RFC 9110, section 7.6.3).
const VIA_US: HeaderValue = HeaderValue::from_static("1.1 gate");

/// Makes the headers of a request those that the upstream gets: nothing that a caller may not say, one value of what we say.
pub(crate) fn request_headers(
    headers: &mut HeaderMap,
    options: &UpstreamOptions,
    identity: Option<&Identity>,
    outside: &Outside,
    is_stripped: bool,
) {
    renew_connection(headers);
    let removal = Removal::of(options);
    remove_if(headers, |name| removal.removes(name.as_str()));
    for (field, value) in added(options, identity, outside, is_stripped) {
        headers.insert(&field.name, value);
    }
    headers.insert(HOST, host(options, outside));
    headers.append(VIA, VIA_US);
}

/// Puts in place of what is for the caller's connection alone what is for ours: whether the caller reads trailers.
pub(crate) fn renew_connection(headers: &mut HeaderMap) {
    let takes_trailers = takes_trailers(headers);
    remove_hop_by_hop(headers);
    if takes_trailers {
        // RFC 9110, section 10.1.4: who sends TE names it in Connection.
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(CONNECTION, HeaderValue::from_static("te"));
    }
}

/// Removes from the trailers of a request what its headers may not have either: some servers read both alike.
pub(crate) fn clean_trailers(trailers: &mut HeaderMap, removal: Option<Removal>) {
    remove_hop_by_hop(trailers);
    remove_if(trailers, |name| {
        removal.is_some_and(|removal| removal.removes(name.as_str())) || is_of_heads(name)
    });
}

/// Headers that direct a request, which no trailer may change (RFC 9110, section 6.5.1).
fn is_of_heads(name: &HeaderName) -> bool {
    [
        HOST,
        CONTENT_LENGTH,
        ACCEPT,
        http::header::AUTHORIZATION,
        http::header::COOKIE,
    ]
    .contains(name)
}

fn host(options: &UpstreamOptions, outside: &Outside) -> HeaderValue {
    let outside = match options.host {
        HostName::OwnName => None,
        HostName::Outside => outside.host_value(),
    };
    outside.unwrap_or_else(|| options.address.name().clone())
}

/// Whether the caller reads trailers (RFC 9110, section 10.1.4).
fn takes_trailers(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(TE).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"trailers"))
}

#[cfg(test)]
mod tests;
