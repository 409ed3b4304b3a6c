//! An answer of the upstream becomes the one that the caller gets.

use http::header::{CONTENT_LENGTH, HeaderValue};
use http::response::Parts;
use http::{Response, StatusCode, Version};

use crate::answer::{Framing, Rest, framing, is_event_stream};
use crate::call::Call;
use crate::headers::{Rewriting, response_headers};
use crate::pool::Pool;
use crate::send::Answered;
use crate::{Failure, UpstreamBody, UpstreamOptions};

/// The answer that the caller gets, and the status that the upstream gave.
///
/// # Errors
///
/// An answer whose end cannot be found in one way alone.
pub(crate) fn passed_back(
    options: &UpstreamOptions,
    pool: &Pool,
    answered: Answered,
    call: Call<'_>,
) -> Result<(Response<UpstreamBody>, StatusCode), Failure> {
    let (mut parts, incoming) = answered.response.into_parts();
    let status = parts.status;
    let framing = framing(status, &parts.headers)?;
    let rewriting = Rewriting {
        address: &options.address,
        outside: call.outside,
        stripped: call.stripped,
    };
    response_headers(&mut parts.headers, &rewriting);
    say_length(&mut parts, framing);
    // The version is our server's affair.
    parts.version = Version::HTTP_11;
    let has_comments = options.event_stream_comments
        && framing.length.is_none()
        && is_event_stream(&parts.headers);
    let is_kept = framing.ends_for_certain(&call.method, status);
    let body = UpstreamBody::streamed(Rest {
        incoming,
        lease: answered.lease,
        pool: is_kept.then(|| pool.clone()),
        progress: call.progress,
        idle_timeout: call.outside.idle_timeout,
        has_comments,
    });
    Ok((Response::from_parts(parts, body), status))
}

/// Says the length in one line; a 204 has none (RFC 9110, section 8.6).
fn say_length(parts: &mut Parts, framing: Framing) {
    parts.headers.remove(CONTENT_LENGTH);
    let length = framing.length;
    if let Some(length) = length.filter(|_| parts.status != StatusCode::NO_CONTENT) {
        let length = HeaderValue::from(length);
        parts.headers.insert(CONTENT_LENGTH, length);
    }
}
