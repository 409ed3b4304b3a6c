//! One request, whatever it is, gets one answer.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use hyper::body::{Body as _, Incoming};
use hyper::service::Service;
use warp::reply::Response;

use crate::functions::Head;

use super::app::App;
use super::body::RequestStream;
use super::filter::SecuredCall;
use super::in_flight::InFlight;

/// Answers requests through the app's warp filter, as `service`.
pub(super) struct Responder<S> {
    pub(super) app: Arc<App>,
    pub(super) service: S,
    /// Our own.
    pub(super) port: u16,
}

impl<S> Responder<S>
where
    S: Service<Request<RequestStream>, Response = Response, Error = Infallible>,
{
    /// Answers one request. `in_flight` is held until the answer is there, and by the body until it is read.
    ///
    /// A proxying host sends a request again whose connection ends without an answer, up to 40 times; so a panic on the
    /// way is answered as well.
    pub(super) async fn respond(
        &self,
        request: Request<Incoming>,
        in_flight: InFlight,
    ) -> Result<Response, Infallible> {
        let has_body = !request.body().is_end_stream();
        let (parts, body) = request.into_parts();
        let head = Arc::new(Head {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
        });
        let answer = AssertUnwindSafe(self.answer(&head, body, &in_flight));
        let mut response = match answer.catch_unwind().await {
            Ok(response) => response?,
            Err(_) => self.refused(&head, StatusCode::INTERNAL_SERVER_ERROR),
        };
        let status = response.status();
        let ends = (has_body && status.is_client_error()) || head.method == Method::CONNECT;
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
    ) -> Result<Response, Infallible> {
        // warp 0.4.3 panics on what has no path, and no function could have such a path.
        if head.method == Method::CONNECT || !head.uri.path().starts_with('/') {
            return Ok(self.refused(head, StatusCode::NOT_FOUND));
        }
        if asks_to_switch(&head.headers) {
            return Ok(self.refused(head, StatusCode::NOT_IMPLEMENTED));
        }
        let arrival = self.app.arrival(head, self.port);
        let most = self.app.most_bytes(&arrival.target);
        let mut request = Request::new(RequestStream::new(
            body,
            &head.headers,
            most,
            in_flight.clone(),
        ));
        match SecuredCall::of(arrival) {
            Ok(call) => drop(request.extensions_mut().insert(call)),
            Err(other) => drop(request.extensions_mut().insert(other)),
        }
        *request.method_mut() = head.method.clone();
        self.service.call(request).await
    }

    fn refused(&self, head: &Arc<Head>, status: StatusCode) -> Response {
        let arrival = self.app.arrival(head, self.port);
        self.app.refuse(&arrival, status).map(Into::into)
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
