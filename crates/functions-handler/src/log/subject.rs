//! What identifies a request in the log.

use std::net::IpAddr;
use std::sync::Arc;

use client_cert::{FrontEnd, HeaderLine};
use http::{HeaderMap, HeaderValue};

use crate::functions::{InvocationId, TraceParent};

use super::address::address;
use super::caller_text::CallerText;
use super::clock::Timestamp;
use super::invocation_id::invocation_id;

/// What identifies a request in the log.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) time: Timestamp,
    pub(crate) invocation_id: InvocationId,
    pub(crate) trace_id: Option<String>,
    pub(crate) function: Option<Arc<str>>,
    pub(crate) method: CallerText,
    /// Where it came from.
    pub(crate) address: Option<IpAddr>,
}

impl Subject {
    /// A request that has just arrived, by its head.
    pub(crate) fn new(method: &str, headers: &HeaderMap, front_end: FrontEnd) -> Self {
        Self {
            time: Timestamp::now(),
            invocation_id: invocation_id(headers),
            trace_id: TraceParent::from_headers(headers).map(|trace| trace.trace_id().to_owned()),
            function: None,
            method: CallerText::new(method),
            address: address(front_end, |name| {
                let lines = headers.get_all(name).iter().map(HeaderValue::as_bytes);
                HeaderLine::from_values(lines)
            }),
        }
    }

    /// The same request, for this function.
    pub(crate) fn of(&self, function: &Arc<str>) -> Self {
        Self {
            function: Some(Arc::clone(function)),
            ..self.clone()
        }
    }
}
