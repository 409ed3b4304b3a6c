//! The line about a request that needed no decision.

use std::net::IpAddr;

use serde::Serialize;

use crate::functions::InvocationId;

use super::answered::Answered;
use super::caller_text::CallerText;
use super::clock::Timestamp;
use super::subject::Subject;

/// The line about a request that needed no decision. Members that do not apply are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessLine<'a> {
    time: Timestamp,
    event: &'static str,
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'a str>,
    method: &'a CallerText,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a CallerText>,
    #[serde(flatten)]
    answered: Answered,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<IpAddr>,
}

impl<'a> AccessLine<'a> {
    /// The path is shown where no function was found for it.
    pub(super) fn new(
        subject: &'a Subject,
        path: Option<&'a CallerText>,
        answered: Answered,
    ) -> Self {
        Self {
            time: subject.time,
            event: "access",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id.as_deref(),
            function: subject.function.as_deref(),
            method: &subject.method,
            path,
            answered,
            address: subject.address,
        }
    }
}
