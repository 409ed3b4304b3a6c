//! Our own answers: problem documents (RFC 9457).

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use serde::Serialize;
use uuid::Uuid;

use crate::{Failure, UpstreamBody};

/// After how many seconds a caller may try again where the upstream is not up.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    invocation_id: String,
}

/// An answer of our own to a call that is not passed on: a problem document (RFC 9457) with the id under which the log has the call.
/// A `detail` of ours says nothing that a caller should not know.
pub fn own_answer(status: StatusCode, detail: &str, invocation_id: Uuid) -> Response<UpstreamBody> {
    document(status, detail, invocation_id).map(UpstreamBody::whole)
}

/// The answer where there is none of the upstream.
pub(crate) fn problem(failure: &Failure, invocation_id: Uuid) -> Response<UpstreamBody> {
    let mut response = own_answer(failure.status(), failure.detail(), invocation_id);
    let headers = response.headers_mut();
    if failure.status() == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    if failure.status() == StatusCode::NOT_IMPLEMENTED {
        // What follows on the connection may be another protocol already.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn document(status: StatusCode, detail: &str, invocation_id: Uuid) -> Response<Bytes> {
    let document = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail,
        invocation_id: invocation_id.to_string(),
    };
    // Texts and a number, so that writing does not fail.
    let document = serde_json::to_vec(&document).unwrap_or_default();
    let mut response = Response::new(Bytes::from(document));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
