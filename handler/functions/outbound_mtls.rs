//! `OutboundMtls`: calls a service that demands our certificate, for callers whose certificate we admit.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use serde::Serialize;

use client_cert::Permit;
use outbound_mtls::{CallError, CallErrorKind, Outbound};

use functions_handler::functions::{Invocation, InvocationId, Reply, TraceParent};

/// What the body needs: the client, and where the details of a failure go.
#[derive(Clone)]
pub(crate) struct OutboundCalls {
    outbound: Option<Arc<Outbound>>,
    report: Report,
}

/// Takes the details of a call that failed, which are not for the caller.
type Report = Arc<dyn Fn(InvocationId, &CallError) + Send + Sync>;

/// A problem document (RFC 9457) with a reason that programs may rely on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_status: Option<u16>,
    invocation_id: InvocationId,
}

impl OutboundCalls {
    /// Calls through `outbound`, or answers that nothing is configured where there is none.
    pub(crate) fn new(
        outbound: Option<Arc<Outbound>>,
        report: impl Fn(InvocationId, &CallError) + Send + Sync + 'static,
    ) -> Self {
        Self {
            outbound,
            report: Arc::new(report),
        }
    }
}

impl fmt::Debug for OutboundCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundCalls").finish_non_exhaustive()
    }
}

pub(super) async fn run(calls: OutboundCalls, _: Permit, invocation: Invocation) -> Reply {
    let Some(outbound) = &calls.outbound else {
        return failed(CallErrorKind::NotConfigured, invocation.id);
    };
    let trace = invocation.head.trace_parent().map(TraceParent::as_str);
    match outbound.call(trace).await {
        Ok(answer) => Reply::ok(&answer),
        Err(error) => {
            (calls.report)(invocation.id, &error);
            failed(error.kind(), invocation.id)
        }
    }
}

fn failed(kind: CallErrorKind, invocation_id: InvocationId) -> Reply {
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::BAD_GATEWAY);
    let document = Failed {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        reason: kind.reason(),
        upstream_status: kind.upstream_status(),
        invocation_id,
    };
    Reply::problem(status, &document)
}
