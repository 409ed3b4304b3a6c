//! `OutboundMtls`: calls a service that demands our certificate, for callers whose certificate is admitted.

mod client;
mod remote_api;

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use outbound_mtls::reqwest::{Method, Request, Url};
use outbound_mtls::{Answer, CallErrorKind, Outbound};
use serde::Serialize;

use app_settings::Problem;
use client_cert::Permit;
use functions_handler::Start;
use functions_handler::functions::{Invocation, InvocationId, Reply, TraceParent};
use functions_handler::server::Log;
use futures_util::future::BoxFuture;

/// The service to call, the client that presents our certificate, and where the details of a failure go.
struct Remote {
    service: Option<(Arc<Outbound>, Url)>,
    log: Log,
}

/// The implementation, with the service and the client that the settings describe.
///
/// # Errors
///
/// What is wrong with the settings.
pub(super) fn implementation(
    start: &mut Start<'_>,
) -> Result<impl Fn(Permit, Invocation) -> BoxFuture<'static, Reply> + use<>, Vec<Problem>> {
    start.declare(outbound_mtls::DECLARED);
    start.declare(remote_api::DECLARED);
    let remote = Arc::new(Remote {
        service: client::service(start)?,
        log: start.log().clone(),
    });
    Ok(move |_, invocation| -> BoxFuture<'static, Reply> {
        Box::pin(run(Arc::clone(&remote), invocation))
    })
}

/// The answer to the caller after a call that succeeded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Called {
    upstream_status: u16,
    /// The name of the certificate file; `null` if the certificate comes from another source.
    client_certificate_path: Option<String>,
    /// `sha256:` and hexadecimal.
    client_certificate_thumbprint: String,
}

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

async fn run(remote: Arc<Remote>, invocation: Invocation) -> Reply {
    let Some((client, url)) = &remote.service else {
        return not_configured(invocation.id);
    };
    let mut request = Request::new(Method::GET, url.clone());
    let trace = invocation.head.trace_parent().map(TraceParent::as_str);
    if let Some(value) = trace.and_then(|trace| HeaderValue::from_str(trace).ok()) {
        request.headers_mut().insert("traceparent", value);
    }
    match client.send(request).await {
        Ok(answer) => answered(client, answer, invocation.id).await,
        Err(error) => {
            remote
                .log
                .write(&client::CallFailed::new(invocation.id, &error));
            match error.kind() {
                CallErrorKind::NotLoaded => not_configured(invocation.id),
                CallErrorKind::TimedOut => failed(
                    StatusCode::GATEWAY_TIMEOUT,
                    "timed-out",
                    None,
                    invocation.id,
                ),
                kind => failed(StatusCode::BAD_GATEWAY, kind.reason(), None, invocation.id),
            }
        }
    }
}

async fn answered(client: &Outbound, answer: Answer, id: InvocationId) -> Reply {
    let status = answer.status();
    let called = Called {
        upstream_status: status.as_u16(),
        client_certificate_path: client.file_name(),
        client_certificate_thumbprint: answer.identity().sha256.to_string(),
    };
    answer.discard().await;
    if status.is_success() {
        Reply::ok(&called)
    } else {
        let status = Some(status.as_u16());
        failed(StatusCode::BAD_GATEWAY, "upstream-status", status, id)
    }
}

fn not_configured(id: InvocationId) -> Reply {
    failed(StatusCode::SERVICE_UNAVAILABLE, "not-configured", None, id)
}

fn failed(
    status: StatusCode,
    reason: &'static str,
    upstream_status: Option<u16>,
    invocation_id: InvocationId,
) -> Reply {
    let document = Failed {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        reason,
        upstream_status,
        invocation_id,
    };
    Reply::json(status, &document).with_header(header::CONTENT_TYPE, "application/problem+json")
}
