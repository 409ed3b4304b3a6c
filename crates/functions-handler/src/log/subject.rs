//! What identifies a request in the log.

use std::sync::Arc;

use http::HeaderMap;

use crate::functions::{InvocationId, TraceParent};

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
}

impl Subject {
    /// A request that has just arrived, by its head.
    pub(crate) fn new(method: &str, headers: &HeaderMap) -> Self {
        Self {
            time: Timestamp::now(),
            invocation_id: invocation_id(headers),
            trace_id: TraceParent::from_headers(headers).map(|trace| trace.trace_id().to_owned()),
            function: None,
            method: CallerText::new(method),
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
