//! An answer of the upstream becomes the one that the caller gets.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HeaderMap, HeaderValue};
use http::response::Parts;
use http::{Method, Response, StatusCode, Version};

use crate::answer::{Framing, Rest, framing, is_event_stream};
use crate::call::Call;
use crate::headers::{Rewriting, clean_answer_trailers, response_headers};
use crate::pool::Pool;
use crate::request::Progress;
use crate::send::Answered;
use crate::{Failure, UpstreamBody, UpstreamOptions};

/// What the rest of an answer depends on beside its head.
pub(crate) struct Passage<'a> {
    pub(crate) pool: &'a Pool,
    /// Of the request.
    pub(crate) method: &'a Method,
    /// Of the request.
    pub(crate) progress: Arc<Progress>,
    /// How long nothing may come.
    pub(crate) idle_timeout: Option<Duration>,
    /// Whether a comment line is added to an event stream that is silent.
    pub(crate) event_stream_comments: bool,
    /// Removes from trailers what is not the caller's.
    pub(crate) clean_trailers: fn(&mut HeaderMap),
}

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
    let status = answered.response.status();
    let rewriting = Rewriting {
        address: &options.address,
        outside: call.outside,
        stripped: call.stripped,
    };
    let passage = Passage {
        pool,
        method: &call.method,
        progress: call.progress,
        idle_timeout: call.outside.idle_timeout,
        event_stream_comments: options.event_stream_comments,
        clean_trailers: clean_answer_trailers,
    };
    let response = streamed(answered, passage, |headers| {
        response_headers(headers, &rewriting);
    })?;
    Ok((response, status))
}

/// An answer with its headers rewritten, and its body read as the caller takes it.
///
/// # Errors
///
/// An answer whose end cannot be found in one way alone.
pub(crate) fn streamed(
    answered: Answered,
    passage: Passage<'_>,
    rewrite: impl FnOnce(&mut HeaderMap),
) -> Result<Response<UpstreamBody>, Failure> {
    let (mut parts, incoming) = answered.response.into_parts();
    let framing = framing(parts.status, &parts.headers)?;
    rewrite(&mut parts.headers);
    say_length(&mut parts, framing);
    // The version is our server's affair.
    parts.version = Version::HTTP_11;
    let has_comments = passage.event_stream_comments
        && framing.length.is_none()
        && is_event_stream(&parts.headers);
    let is_kept = framing.ends_for_certain(passage.method, parts.status);
    let body = UpstreamBody::streamed(Rest {
        incoming,
        lease: answered.lease,
        pool: is_kept.then(|| passage.pool.clone()),
        progress: passage.progress,
        idle_timeout: passage.idle_timeout,
        has_comments,
        clean_trailers: passage.clean_trailers,
    });
    Ok(Response::from_parts(parts, body))
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
