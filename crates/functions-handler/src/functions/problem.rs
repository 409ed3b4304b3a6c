//! Problem documents (RFC 9457).

use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::invocation::InvocationId;

pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A problem document whose type is `about:blank`: the status says what is wrong.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invocation_id: Option<InvocationId>,
}

impl<'a> Problem<'a> {
    pub(crate) fn new(status: StatusCode, detail: &'a str) -> Self {
        // The phrase of RFC 9110 for a status whose old phrase the http crate keeps.
        let title = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
            other => other.canonical_reason().unwrap_or_default(),
        };
        Self {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail,
            invocation_id: None,
        }
    }

    /// With the id under which the log has the call.
    pub(crate) fn about(self, invocation_id: InvocationId) -> Self {
        Self {
            invocation_id: Some(invocation_id),
            ..self
        }
    }
}
