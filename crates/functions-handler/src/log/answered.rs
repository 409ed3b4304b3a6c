//! What came of a call, for its line.

use http::StatusCode;
use serde::Serialize;

use crate::functions::UpstreamAnswer;

/// The status of the answer, and what a server behind a fallback answered. Members that do not apply are left out.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answered {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_ms: Option<u64>,
}

impl Answered {
    /// Whether the call failed: a status of 500 or above, or none, because the caller went away.
    pub(super) fn has_failed(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }

    /// The answer has this status. Without it the caller went away.
    pub(super) fn status(&mut self, status: StatusCode) {
        self.status = Some(status.as_u16());
    }

    /// A server behind the fallback was called.
    pub(super) fn upstream(&mut self, upstream: &UpstreamAnswer) {
        self.upstream_status = upstream.status.map(|status| status.as_u16());
        self.upstream_ms = Some(u64::try_from(upstream.time.as_millis()).unwrap_or(u64::MAX));
    }
}
