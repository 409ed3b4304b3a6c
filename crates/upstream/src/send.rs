//! A request is sent, and sent again only where nothing can happen twice.

use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Response, Uri};
use hyper::body::Incoming;

use std::sync::Arc;

use crate::Failure;
use crate::pool::{Lease, Pool, Unanswered};
use crate::request::RequestBody;

/// The head of a request, as it is sent.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: PathAndQuery,
    pub(crate) headers: HeaderMap,
}

/// The head of an answer, and the connection on which the rest of it comes.
pub(crate) struct Answered {
    pub(crate) response: Response<Incoming>,
    pub(crate) lease: Lease,
    pub(crate) is_repeated: bool,
}

impl Head {
    pub(crate) fn with(self, body: RequestBody) -> Request<RequestBody> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = Uri::from(self.target);
        *request.headers_mut() = self.headers;
        request
    }
}

/// Sends a request on a kept connection, or else on a new one.
///
/// A server may end a kept connection just when a request is sent on it. Then the request is sent once more, on a new connection,
/// if nothing of it was sent, or if nothing came back and it may be sent twice: its method is idempotent (RFC 9110, section 9.2.2)
/// and it has no body.
///
/// # Errors
///
/// No connection, or no answer.
pub(crate) async fn send(pool: &Pool, request: Request<RequestBody>) -> Result<Answered, Failure> {
    let Some(kept) = pool.kept() else {
        return send_on(connect(pool).await?, request, false).await;
    };
    let again = may_be_sent_twice(&request).then(|| copy(&request));
    let unanswered = match answered(kept, request, false).await {
        Ok(answered) => return Ok(answered),
        Err(unanswered) => unanswered,
    };
    let again = unanswered.unsent.or(again.filter(|_| !unanswered.heard));
    match again {
        Some(request) => send_on(connect(pool).await?, request, true).await,
        None => Err(Failure::of(unanswered.error)),
    }
}

async fn connect(pool: &Pool) -> Result<Lease, Failure> {
    let connected = pool.connect().await;
    connected.map_err(|error| Failure::Unreachable(Arc::new(error)))
}

async fn send_on(
    lease: Lease,
    request: Request<RequestBody>,
    is_repeated: bool,
) -> Result<Answered, Failure> {
    let answered = answered(lease, request, is_repeated).await;
    answered.map_err(|unanswered| Failure::of(unanswered.error))
}

async fn answered(
    mut lease: Lease,
    request: Request<RequestBody>,
    is_repeated: bool,
) -> Result<Answered, Unanswered> {
    let response = lease.send(request).await?;
    Ok(Answered {
        response,
        lease,
        is_repeated,
    })
}

fn may_be_sent_twice(request: &Request<RequestBody>) -> bool {
    request.method().is_idempotent() && matches!(request.body(), RequestBody::Empty)
}

/// A request without a body once more.
fn copy(request: &Request<RequestBody>) -> Request<RequestBody> {
    let mut copy = Request::new(RequestBody::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
