//! One request, whatever it is, gets one answer.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Either;
use hyper::body::{Body as _, Incoming};
use hyper::service::Service;

use crate::functions::Head;
use crate::host::contract::FRONT_END_SECRET_HEADER;

use super::app::App;
use super::body::{BodyLimits, RequestStream};
use super::filter::SecuredCall;
use super::handed_answer::HandedAnswer;
use super::in_flight::InFlight;
use super::refused::refused;
use super::target::Target;

/// Answers requests through the app's warp filter, as `service`; what is handed on goes past it.
pub(super) struct Responder<S> {
    pub(super) app: Arc<App>,
    pub(super) service: S,
    /// Our own.
    pub(super) port: u16,
}

/// What is sent: an answer of an implementation or of the server's own, or one that is passed back.
pub(super) type Answer<W> = Response<Either<W, HandedAnswer>>;

impl<S, W> Responder<S>
where
    S: Service<Request<RequestStream>, Response = Response<W>, Error = Infallible>,
    W: From<Bytes>,
{
    /// Answers one request. `in_flight` is held until the answer is there, and by the body until it is read.
    ///
    /// A proxying host sends a request again whose connection ends without an answer, up to 40 times; so a panic on the
    /// way is answered as well.
    pub(super) async fn respond(
        &self,
        request: Request<Incoming>,
        in_flight: InFlight,
    ) -> Result<Answer<W>, Infallible> {
        let has_body = !request.body().is_end_stream();
        let (mut parts, body) = request.into_parts();
        let had_secret = parts.headers.contains_key(FRONT_END_SECRET_HEADER);
        let proof = self.app.guard().take_proof(&mut parts.headers);
        let refusal = refused(parts.version, &parts.headers);
        let head = Arc::new(Head {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            proof,
            had_secret,
        });
        let answer = async {
            match refusal {
                Some(status) => {
                    let limits = BodyLimits::of(self.app.limits.body_bytes);
                    drop(RequestStream::new(
                        body,
                        &head.headers,
                        limits,
                        in_flight.clone(),
                    ));
                    Ok(self.refused(&head, status))
                }
                None => self.answer(&head, body, &in_flight).await,
            }
        };
        let mut response = match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(response) => response?,
            Err(_) => self.refused(&head, StatusCode::INTERNAL_SERVER_ERROR),
        };
        let status = response.status();
        let is_ours = match response.body() {
            Either::Left(_) => true,
            Either::Right(answer) => !answer.is_passed_back(),
        };
        let refuses_body = has_body && is_ours && status.is_client_error();
        let ends = refuses_body || refusal.is_some() || head.method == Method::CONNECT;
        if ends {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        drop(in_flight);
        Ok(response)
    }

    async fn answer(
        &self,
        head: &Arc<Head>,
        body: Incoming,
        in_flight: &InFlight,
    ) -> Result<Answer<W>, Infallible> {
        // warp 0.4.3 panics on what has no path, and no function could have such a path.
        if head.method == Method::CONNECT || !head.uri.path().starts_with('/') {
            return Ok(self.refused(head, StatusCode::NOT_FOUND));
        }
        if asks_to_switch(&head.headers) {
            return Ok(self.refused(head, StatusCode::NOT_IMPLEMENTED));
        }
        let arrival = self.app.arrival(head, self.port);
        let limits = self.app.body_limits(&arrival.target);
        let body = RequestStream::new(body, &head.headers, limits, in_flight.clone());
        if let Target::HandedOn(to, shape) = &arrival.target {
            let answer = self.app.hand_on(to, *shape, &arrival, body, in_flight);
            return Ok(answer.await.map(Either::Right));
        }
        let mut request = Request::new(body);
        match SecuredCall::of(arrival) {
            Ok(call) => drop(request.extensions_mut().insert(call)),
            Err(other) => drop(request.extensions_mut().insert(other)),
        }
        *request.method_mut() = head.method.clone();
        Ok(self.service.call(request).await?.map(Either::Left))
    }

    fn refused(&self, head: &Arc<Head>, status: StatusCode) -> Answer<W> {
        let arrival = self.app.arrival(head, self.port);
        let response = self.app.refuse(&arrival, status);
        response.map(|body| Either::Left(body.into()))
    }
}

/// Whether a request asks for another protocol on its connection (RFC 9110, section 7.8), and waits for that.
///
/// `h2c` alone is an offer that a server may pass over: clients that make it go on with HTTP/1.1.
fn asks_to_switch(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::UPGRADE)
        .iter()
        .any(|protocol| !protocol.as_bytes().eq_ignore_ascii_case(b"h2c"))
}
