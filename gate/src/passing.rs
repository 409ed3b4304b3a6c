//! One call, from the decision to the server's answer.

use std::sync::Arc;

use client_cert::{CallerName, RoleName};
use functions_handler::functions::{
    AdmittedCaller, Delivery, FallbackBody, FallbackCall, Head, UpstreamAnswer,
};
use functions_handler::server::Timestamp;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use serde::Serialize;
use upstream::{Admitted, Exchange, Identity, Outside, Upstream, UpstreamBody, own_answer};
use uuid::Uuid;
use wrapped_server::NotReady;

use crate::gate::Gate;

/// A line about a call that the server did not answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UnansweredLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: String,
    function: &'a str,
    problem: String,
}

/// Passes a call on that was decided. There is always an answer.
pub(crate) async fn pass_on(gate: &Gate, call: FallbackCall) -> Response<UpstreamBody> {
    let id = Uuid::from(call.id);
    let upstream = match gate.upstream().await {
        Ok(upstream) => upstream,
        Err(not_ready) => {
            report(gate, &call.function, id, not_ready.why.to_string());
            return unavailable(&not_ready, id);
        }
    };
    let is_behind = gate.front_end.is_before(&call);
    let outside = Outside::of(&call.head.headers, is_behind, id);
    let outside = Outside {
        // Where a proxying host replaced X-Forwarded-For by an address of this machine, the front end's own header is left.
        client: match outside.client {
            Some(client) if !client.is_loopback() => Some(client),
            client => call.address.or(client),
        },
        ..outside
    };
    let identity = call.caller.as_ref().map(identity);
    let function = call.function;
    let response = match &call.delivery {
        Delivery::Request => {
            let request = request(&call.head, call.body);
            upstream.call(request, identity.as_deref(), &outside).await
        }
        Delivery::Envelope { binding } => {
            let inside = Inside { binding, identity };
            envelope(&upstream, &call.head, call.body, &inside, &outside).await
        }
        Delivery::Trigger { .. } => {
            let outside = Outside {
                idle_timeout: None,
                ..outside
            };
            upstream
                .call(request(&call.head, call.body), None, &outside)
                .await
        }
    };
    logged(gate, &function, id, response)
}

/// The answer, with what the line of the call says about the server, and a line where it gave none.
fn logged(
    gate: &Gate,
    function: &str,
    id: Uuid,
    mut response: Response<UpstreamBody>,
) -> Response<UpstreamBody> {
    if let Some(exchange) = response.extensions_mut().remove::<Exchange>() {
        if let Some(failure) = &exchange.failure {
            report(gate, function, id, failure.to_string());
        }
        response.extensions_mut().insert(UpstreamAnswer {
            status: exchange.status,
            time: exchange.time,
        });
    }
    response
}

/// What is written into an envelope, and where.
struct Inside<'a> {
    binding: &'a str,
    identity: Option<Arc<Identity>>,
}

/// An envelope with the identity among the headers of the request inside. All of it is held until then; the engine bounds it.
async fn envelope(
    upstream: &Upstream,
    head: &Head,
    body: FallbackBody,
    inside: &Inside<'_>,
    outside: &Outside,
) -> Response<UpstreamBody> {
    let Ok(whole) = body.collect().await else {
        return unreadable(outside.invocation_id);
    };
    // The name inside is the caller's, and the host's own headers say nothing of it.
    let inner = Outside {
        host: None,
        client: None,
        ..outside.clone()
    };
    let rewritten = upstream.envelope(
        &whole.to_bytes(),
        inside.binding,
        inside.identity.as_deref(),
        &inner,
    );
    match rewritten {
        Ok(text) => {
            let mut request = request(head, Full::from(text.clone()));
            request
                .headers_mut()
                .insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
            upstream.call(request, None, outside).await
        }
        Err(_) => unreadable(outside.invocation_id),
    }
}

fn unreadable(id: Uuid) -> Response<UpstreamBody> {
    let detail = "The envelope has no request that can be passed on.";
    own_answer(StatusCode::BAD_REQUEST, detail, id)
}

fn unavailable(not_ready: &NotReady, id: Uuid) -> Response<UpstreamBody> {
    let detail = not_ready.why.to_string();
    let mut response = own_answer(StatusCode::SERVICE_UNAVAILABLE, &detail, id);
    let seconds = HeaderValue::from(not_ready.retry_after.as_secs().max(1));
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

fn request<B>(head: &Head, body: B) -> Request<B> {
    let mut request = Request::new(body);
    request.method_mut().clone_from(&head.method);
    request.uri_mut().clone_from(&head.uri);
    request.headers_mut().clone_from(&head.headers);
    request
}

/// The headers for a caller, written once for one who is kept in the cache.
fn identity(caller: &AdmittedCaller) -> Arc<Identity> {
    caller.permit.derived(|permit| {
        Identity::new(&Admitted {
            caller: permit.caller().map(CallerName::as_str),
            roles: permit.roles().iter().map(RoleName::as_str).collect(),
            rule: &permit.rule().to_string(),
            sha256: permit.principal().sha256_hex(),
            der: &caller.certificate.der(),
        })
    })
}

fn report(gate: &Gate, function: &str, id: Uuid, problem: String) {
    gate.log.write(&UnansweredLine {
        time: Timestamp::now(),
        event: "server-unanswered",
        level: "warning",
        invocation_id: id.to_string(),
        function,
        problem,
    });
}
