//! The host itself: one request in, one answer out.

use std::sync::Arc;
use std::time::Duration;

use handler::Problem;
use handler::host::{FunctionTimeout, HostJson, contract};
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;

use super::dialect::{Invocation, Unsendable};
use super::{Dialect, Project, forwarding, path, proxying, routing};
use crate::body::{Body, Unbuffered};
use crate::connection_pool::{ConnectionPool, NoAnswer};
use crate::handler_process::{HandlerProcess, Variables};
use crate::journal::{Exchange, Hop, Journal};

/// The largest answer that is buffered; .NET's client stops at 2 GB, which no developer's machine should hold.
const ANSWER_BYTES: usize = 512 * 1024 * 1024;

/// A proxying host tries this often to connect (`RetryProxyHandler.cs`).
const CONNECTION_TRIES: u32 = 10;

/// The first pause between these tries; each is longer by as much, up to five times (`RetryProxyHandler.cs`).
const CONNECTION_PAUSE: Duration = Duration::from_millis(50);

/// What a browser sees at `/`.
const HOME_PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>mtls local</title></head>\
    <body><p>The stand-in for the Functions host is up and running.</p></body></html>\n";

/// The stand-in for the Functions host.
pub(crate) struct StandIn {
    body_limit: usize,
    custom_headers: Vec<(HeaderName, HeaderValue)>,
    dialect: Dialect,
    handler: Arc<HandlerProcess>,
    has_home_page: bool,
    journal: Arc<Journal>,
    pool: ConnectionPool,
    project: Project,
    timeout: Option<Duration>,
}

impl StandIn {
    /// A host for `project`, whose handler runs as `handler`.
    pub(crate) fn new(
        project: Project,
        environment: &Variables,
        dialect: Dialect,
        handler: Arc<HandlerProcess>,
        journal: Arc<Journal>,
    ) -> Self {
        Self {
            body_limit: body_limit(environment),
            custom_headers: custom_headers(&project.host_json),
            dialect,
            has_home_page: environment.get("AzureWebJobsDisableHomepage") != Some("true"),
            journal,
            pool: ConnectionPool::new("127.0.0.1", handler.port()),
            handler,
            timeout: timeout(&project.host_json),
            project,
        }
    }

    /// Answers a request that the front end has decorated.
    pub(crate) async fn answer(
        &self,
        request: Request<Body>,
        exchange: &mut Exchange,
    ) -> Response<Body> {
        let mut response = match self.call(request, exchange).await {
            Ok(response) => response,
            Err(stop) => {
                exchange.stopped = Some(stop.reason);
                *stop.response
            }
        };
        for (name, value) in &self.custom_headers {
            if !response.headers().contains_key(name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }

    async fn call(
        &self,
        request: Request<Body>,
        exchange: &mut Exchange,
    ) -> Result<Response<Body>, Stop> {
        let (caller, mut body) = request.into_parts();
        if self.journal.shows_requests() {
            exchange.hops.push(Hop::of("front end to host", &caller));
        }
        let stopped = within_limits(&caller).and_then(|()| self.route(&caller));
        let (function, routed) = match stopped {
            Ok(found) => found,
            Err(stop) => {
                body.drain().await;
                return Err(stop);
            }
        };
        exchange.function = Some(function);
        let bytes = match body.buffer(self.body_limit).await {
            Ok(bytes) => bytes,
            Err(Unbuffered::TooLong) => {
                body.drain().await;
                return Err(Stop::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "host: body too long",
                ));
            }
            Err(Unbuffered::Broken) => {
                return Err(Stop::new(StatusCode::BAD_REQUEST, "host: body broken off"));
            }
        };
        let length = exchange.sized.then_some(bytes.len());
        let invocation = Invocation::new(self.handler.port());
        let parts = self
            .outgoing(&caller, &routed, length, &invocation)
            .map_err(|unsendable| {
                Stop::new(StatusCode::INTERNAL_SERVER_ERROR, unsendable.reason())
            })?;
        if self.journal.shows_requests() {
            exchange.hops.push(Hop::of("host to handler", &parts));
        }
        exchange.pending = Some(self.journal.expect_decision(&invocation.id));
        let body = if exchange.sized {
            Body::buffered(bytes)
        } else {
            Body::chunked(bytes)
        };
        self.invoke(Request::from_parts(parts, body)).await
    }

    /// The function and the path that it was found by.
    fn route(&self, caller: &Parts) -> Result<(String, String), Stop> {
        let Some(routed) = path::routed(caller.uri.path()) else {
            return Err(Stop::new(StatusCode::BAD_REQUEST, "host: malformed path"));
        };
        if is_reserved(&routed) {
            return Err(Stop::new(StatusCode::NOT_FOUND, "host: reserved path"));
        }
        match routing::function(&self.project.routes, caller.method.as_str(), &routed) {
            Some(function) => Ok((function.to_owned(), routed)),
            None if routed == "/" => Err(self.home_page()),
            None => Err(Stop::new(StatusCode::NOT_FOUND, "host: no function")),
        }
    }

    fn home_page(&self) -> Stop {
        let mut stop = Stop::new(StatusCode::NO_CONTENT, "host: home page");
        if self.has_home_page {
            *stop.response = Response::new(Body::buffered(HOME_PAGE.into()));
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            stop.response.headers_mut().insert(CONTENT_TYPE, html);
        }
        stop
    }

    fn outgoing(
        &self,
        caller: &Parts,
        routed: &str,
        length: Option<usize>,
        invocation: &Invocation,
    ) -> Result<Parts, Unsendable> {
        match self.dialect {
            Dialect::Forwarding => forwarding::request(caller, routed, length, invocation),
            Dialect::Proxying => proxying::request(caller, routed, length, invocation),
        }
    }

    /// Calls the handler once it is ready; kills it if the function runs out of time, as the host does.
    async fn invoke(&self, request: Request<Body>) -> Result<Response<Body>, Stop> {
        let patience = self.project.host_json.custom_handler.initialization_timeout
            * contract::INITIALIZATION_WAITS;
        let ready = tokio::time::timeout(patience, self.handler.ready()).await;
        if !ready.unwrap_or(false) {
            return Err(Stop::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "host: handler not ready",
            ));
        }
        let exchange = self.exchange(request);
        let answer = match self.timeout {
            Some(limit) => tokio::time::timeout(limit, exchange).await,
            None => Ok(exchange.await),
        };
        match answer {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(reason)) => Err(Stop::new(StatusCode::INTERNAL_SERVER_ERROR, &reason)),
            Err(_) => {
                self.handler.restart();
                Err(Stop::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "host: function timed out",
                ))
            }
        }
    }

    async fn exchange(&self, request: Request<Body>) -> Result<Response<Body>, String> {
        match self.dialect {
            Dialect::Forwarding => {
                let response = self.pool.send(request).await.map_err(|e| unreachable(&e))?;
                buffered(response).await
            }
            Dialect::Proxying => {
                let response = self
                    .send_patiently(request)
                    .await
                    .map_err(|e| unreachable(&e))?;
                Ok(passed(response.map(Body::arriving)))
            }
        }
    }

    /// A proxying host tries again where it could not even connect.
    async fn send_patiently(&self, request: Request<Body>) -> Result<Response<Incoming>, NoAnswer> {
        let (parts, mut body) = request.into_parts();
        let sized = body.is_sized();
        let bytes = body.buffer(usize::MAX).await.unwrap_or_default();
        for attempt in 1..CONNECTION_TRIES {
            let body = if sized {
                Body::buffered(bytes.clone())
            } else {
                Body::chunked(bytes.clone())
            };
            match self
                .pool
                .send(Request::from_parts(parts.clone(), body))
                .await
            {
                Err(NoAnswer::NotConnected(_)) => {
                    tokio::time::sleep(CONNECTION_PAUSE * attempt.min(5)).await;
                }
                result => return result,
            }
        }
        let body = if sized {
            Body::buffered(bytes)
        } else {
            Body::chunked(bytes)
        };
        self.pool.send(Request::from_parts(parts, body)).await
    }
}

/// The handler was not asked: the host's own answer, and why.
struct Stop {
    response: Box<Response<Body>>,
    reason: String,
}

impl Stop {
    /// The host's own answers have no body.
    fn new(status: StatusCode, reason: &str) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self {
            response: Box::new(response),
            reason: reason.to_owned(),
        }
    }
}

/// Kestrel's limits, which the host keeps.
fn within_limits(caller: &Parts) -> Result<(), Stop> {
    let target = caller
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    let line = caller.method.as_str().len() + target + " HTTP/1.1\r\n".len() + 1;
    if line > contract::REQUEST_LINE_BYTES {
        return Err(Stop::new(
            StatusCode::URI_TOO_LONG,
            "host: request line too long",
        ));
    }
    let bytes: usize = caller
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    if bytes > contract::REQUEST_HEADER_BYTES || caller.headers.len() > contract::REQUEST_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Stop::new(status, "host: headers too large"));
    }
    Ok(())
}

/// The host's own API stands there, which this stand-in has none of; whole segments, as controllers match.
fn is_reserved(routed: &str) -> bool {
    let first = routed.split('/').nth(1).unwrap_or_default();
    contract::RESERVED_ROUTE_PREFIXES
        .iter()
        .any(|prefix| first.eq_ignore_ascii_case(prefix))
}

/// A forwarding host reads the whole answer before it passes anything on.
async fn buffered(response: Response<Incoming>) -> Result<Response<Body>, String> {
    let (parts, body) = response.into_parts();
    match Body::arriving(body).buffer(ANSWER_BYTES).await {
        Ok(bytes) => Ok(passed(Response::from_parts(parts, Body::buffered(bytes)))),
        Err(Unbuffered::TooLong) => Err("host: answer too long".to_owned()),
        Err(Unbuffered::Broken) => Err("host: answer broken off".to_owned()),
    }
}

/// Everything is passed on but the framing, which is each connection's own.
fn passed(mut response: Response<Body>) -> Response<Body> {
    let headers: &mut HeaderMap = response.headers_mut();
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(TRANSFER_ENCODING);
        headers.remove(CONTENT_LENGTH);
    }
    response
}

fn unreachable(error: &NoAnswer) -> String {
    format!("host: {error}")
}

fn custom_headers(host_json: &HostJson) -> Vec<(HeaderName, HeaderValue)> {
    host_json
        .custom_headers
        .iter()
        .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
        .collect()
}

fn timeout(host_json: &HostJson) -> Option<Duration> {
    match host_json.function_timeout {
        FunctionTimeout::PlanDefault => Some(contract::FUNCTION_TIMEOUT),
        FunctionTimeout::Unlimited => None,
        FunctionTimeout::After(limit) => Some(limit),
    }
}

fn body_limit(environment: &Variables) -> usize {
    let default = usize::try_from(contract::BODY_LIMIT).unwrap_or(usize::MAX);
    environment
        .get(contract::BODY_LIMIT_VARIABLE)
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(default)
}

impl Dialect {
    /// Whether `host.json` lets a host speak this dialect.
    ///
    /// # Errors
    ///
    /// The flag that is missing: such a host would send envelopes or fall back.
    pub(crate) fn agree_with(self, host_json: &HostJson) -> Result<(), Problem> {
        let (flag, on) = match self {
            Self::Forwarding => (
                "enableForwardingHttpRequest",
                host_json.custom_handler.enable_forwarding_http_request,
            ),
            Self::Proxying => (
                "enableProxyingHttpRequest",
                host_json.custom_handler.enable_proxying_http_request,
            ),
        };
        if on {
            return Ok(());
        }
        Err(Problem::new(
            format!("host.json: customHandler.{flag}"),
            "expected true, seen false or nothing; set it, or choose the other --host",
        ))
    }
}
