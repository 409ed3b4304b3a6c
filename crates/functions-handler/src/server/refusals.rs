//! How a refusal looks to the caller: the same for every reason within one status.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::functions::{InvocationId, Reply};
use client_cert::Denial;

/// The challenge of a 401.
///
/// RFC 9110, section 15.5.2, asks for one, and the registry has no scheme for client certificates. This one names
/// what is missing and takes no parameters; clients that know no such scheme pass it over.
const CHALLENGE: HeaderValue = HeaderValue::from_static("ClientCertificate");

/// A problem document (RFC 9457). Its length depends on the status alone: the id always has 36 characters.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    invocation_id: InvocationId,
}

/// Renders refusals.
#[derive(Clone, Copy, Debug)]
pub struct Refusals {
    unauthenticated: StatusCode,
}

impl Refusals {
    /// Refusals with 401, or with 403 as the Flask sample has it, for callers who are not authenticated.
    pub fn new(unauthenticated: StatusCode) -> Self {
        Self { unauthenticated }
    }

    /// The reply to a caller who was not admitted, or lacks the role. It tells the status and nothing of the reason.
    pub(super) fn denied(self, denial: &Denial, invocation_id: InvocationId) -> Response<Bytes> {
        let status = if denial.is_forbidden() {
            StatusCode::FORBIDDEN
        } else {
            self.unauthenticated
        };
        problem(status, invocation_id)
    }
}

/// The reply with one of the statuses that this server itself gives.
pub(super) fn problem(status: StatusCode, invocation_id: InvocationId) -> Response<Bytes> {
    let (title, detail) = match status {
        StatusCode::UNAUTHORIZED => (
            "Unauthorized",
            "A client certificate that is admitted here is required.",
        ),
        StatusCode::FORBIDDEN => (
            "Forbidden",
            "The client certificate does not allow this call.",
        ),
        StatusCode::NOT_FOUND => ("Not Found", "No function answers this path and method."),
        StatusCode::BAD_REQUEST => (
            "Bad Request",
            "The request is not one that a function can answer.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "Content Too Large",
            "The body is longer than the Functions host allows.",
        ),
        StatusCode::GATEWAY_TIMEOUT => ("Gateway Timeout", "The function took too long."),
        _ => ("Internal Server Error", "The function did not finish."),
    };
    let document = Problem {
        r#type: "about:blank",
        title,
        status: status.as_u16(),
        detail,
        invocation_id,
    };
    let mut response = Reply::problem(status, &document).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}
