//! Whether a request is the host's own post of an envelope, and no caller's request that was rewritten into one.

#[cfg(test)]
mod tests;

use http::{HeaderMap, HeaderName, Method, header};

use crate::functions::Head;
use crate::host::contract::INVOCATION_ID_HEADER;
use crate::host::media_type::essence;

use crate::log::guid;

/// Every header that the host's client writes when it posts an envelope (`DefaultHttpWorkerService.cs`), with those
/// of the connection and of .NET's tracing (`DiagnosticsHandler.cs`).
const WRITTEN: [&str; 13] = [
    "host",
    "user-agent",
    "content-type",
    "content-length",
    "transfer-encoding",
    "connection",
    "x-azure-functions-hostversion",
    "x-azure-functions-invocationid",
    "traceparent",
    "tracestate",
    "request-id",
    "correlation-context",
    "baggage",
];

/// How the host names itself, followed by its version.
const AGENT: &str = "Azure-Functions-Host/";

/// Whether the host wrote this head: POST to a path alone, `Host` our own address, JSON, the id of an invocation,
/// and no header that the host would not write, none of them twice, nor a front end's secret, which has been taken out.
///
/// Fails closed: a caller's request passes the front end and the host, which add headers of their own or leave the
/// caller's in place, and one of them suffices. Where nothing in front adds any, this can be imitated, which is why
/// such a set of functions is a start-up error ([`Routes::imitable_envelopes`](crate::host::Routes::imitable_envelopes)).
/// Whoever reaches the port without the host is not kept out by this, as by nothing here.
pub(super) fn is_host_post(head: &Head, port: u16) -> bool {
    head.method == Method::POST
        && head.uri.authority().is_none()
        && head.uri.query().is_none()
        && head
            .headers
            .iter()
            .all(|(name, _)| WRITTEN.contains(&name.as_str()))
        && !head.had_secret
        && head.headers.len() == head.headers.keys_len()
        && once(&head.headers, &header::HOST) == Some(&format!("127.0.0.1:{port}"))
        && once(&head.headers, &INVOCATION_ID_HEADER).is_some_and(|id| guid(id).is_some())
        && once(&head.headers, &header::CONTENT_TYPE)
            .is_some_and(|kind| essence(kind) == "application/json")
        && is_from_host_by_name(&head.headers)
}

/// A forwarding host leaves a caller's `User-Agent` before its own, and a proxying host has none of its own.
fn is_from_host_by_name(headers: &HeaderMap) -> bool {
    let Some(agent) = headers.get(header::USER_AGENT) else {
        return true;
    };
    let version = agent
        .to_str()
        .ok()
        .and_then(|agent| agent.strip_prefix(AGENT));
    version.is_some_and(|version| !version.contains(' '))
}

/// The value of a header that is present once.
fn once<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
