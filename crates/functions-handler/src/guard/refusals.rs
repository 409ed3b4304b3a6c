//! How a refusal looks to the caller: the same for every reason within one status.

use bytes::Bytes;
use client_cert::Denial;
use http::{HeaderValue, Response, StatusCode, header};

use crate::config::DeniedStatus;
use crate::functions::{InvocationId, PROBLEM_JSON, Problem};

/// The challenge of a 401.
///
/// RFC 9110, section 15.5.2, requires one, and the registry has no scheme for client certificates. This one names
/// what is missing and takes no parameters; clients that do not know the scheme ignore it.
const CHALLENGE: HeaderValue = HeaderValue::from_static("ClientCertificate");

/// Answers to admitted callers and refusals are for one caller alone.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// The answer to a caller who is not admitted, or lacks the role. It shows the status and nothing of the reason.
pub(super) fn refusal(
    unauthenticated: DeniedStatus,
    denial: &Denial,
    invocation_id: InvocationId,
) -> Response<Bytes> {
    let status = match denial.is_forbidden() {
        true => StatusCode::FORBIDDEN,
        false => unauthenticated.status(),
    };
    problem(status, invocation_id)
}

/// The answer with one of the statuses that this server itself gives. Its length depends on the status alone: the id
/// always has 36 characters.
pub(crate) fn problem(status: StatusCode, invocation_id: InvocationId) -> Response<Bytes> {
    let document = Problem::new(status, detail(status)).about(invocation_id);
    // Texts and a number, so that rendering does not fail.
    let document = serde_json::to_vec(&document).unwrap_or_default();
    let mut response = Response::new(Bytes::from(document));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}

fn detail(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "A client certificate that is admitted here is required.",
        StatusCode::FORBIDDEN => "The client certificate does not allow this call.",
        StatusCode::NOT_FOUND => "No function answers this path and method.",
        StatusCode::BAD_REQUEST => "The request is not one that a function can answer.",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is longer than the Functions host allows.",
        StatusCode::NOT_IMPLEMENTED => "The connection cannot be switched to another protocol.",
        StatusCode::SERVICE_UNAVAILABLE => "Too much is under way. Try again later.",
        StatusCode::GATEWAY_TIMEOUT => "The function took too long.",
        _ => "The function did not finish.",
    }
}
