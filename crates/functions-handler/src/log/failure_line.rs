//! The line about a call that failed.

use serde::Serialize;

use crate::functions::InvocationId;

use super::clock::Timestamp;
use super::subject::Subject;

/// A call that failed, with the event that names how.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailureLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl<'a> FailureLine<'a> {
    pub(crate) fn new(subject: &'a Subject, event: &'static str, detail: Option<String>) -> Self {
        Self {
            time: Timestamp::now(),
            event,
            level: "error",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id.as_deref(),
            function: subject.function.as_deref(),
            detail,
        }
    }
}
