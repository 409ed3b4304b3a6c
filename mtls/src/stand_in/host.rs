//! The host itself: one request in, one answer out.

mod enveloping;
mod sending;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use functions_handler::host::{Function, FunctionTimeout, HostJson, RouteValues, contract};
use http::request::Parts;
use http::{Request, Response, StatusCode};

use super::dialect::{Invocation, Unsendable};
use super::stop::{Stop, is_reserved, within_limits};
use super::{Dialect, Project, forwarding, path, proxying, routing};
use crate::body::{Body, Unbuffered};
use crate::connection_pool::ConnectionPool;
use crate::handler_process::{HandlerProcess, Variables};
use crate::journal::{Exchange, Hop, Journal};

/// The stand-in for the Functions host.
pub(crate) struct StandIn {
    dialect: Dialect,
    /// Whether the next envelope goes in chunks.
    chunks: AtomicBool,
    handler: Arc<HandlerProcess>,
    has_home_page: bool,
    journal: Arc<Journal>,
    pool: ConnectionPool,
    project: Project,
    timeout: Option<Duration>,
}

/// Where a request goes.
struct Routing<'a> {
    function: &'a Function,
    /// The decoded path that it was found by.
    routed: String,
    values: RouteValues,
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
            dialect,
            chunks: AtomicBool::new(false),
            has_home_page: environment.get("AzureWebJobsDisableHomepage") != Some("true"),
            journal,
            pool: ConnectionPool::new(&format!("127.0.0.1:{}", handler.port())),
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
        for (name, value) in &self.project.custom_headers {
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
        let routing = match self.route(&caller) {
            Ok(found) => found,
            Err(stop) => {
                body.drain().await;
                return Err(stop);
            }
        };
        exchange.function = Some(routing.function.name.clone());
        let bytes = self.read(&mut body).await?;
        if routing.function.is_enveloped() {
            return self
                .call_by_envelope(&caller, &routing, &bytes, exchange)
                .await;
        }
        let length = exchange.sized.then_some(bytes.len());
        let invocation = Invocation::new(self.handler.port());
        let parts = self
            .outgoing(&caller, &routing.routed, length, &invocation)
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
        let answer = self.exchange(Request::from_parts(parts, body));
        self.invoke(answer).await
    }

    /// All of the body, as the HTTP binding reads it before the function runs.
    async fn read(&self, body: &mut Body) -> Result<Bytes, Stop> {
        match body.buffer(self.project.body_limit).await {
            Ok(bytes) => Ok(bytes),
            Err(Unbuffered::TooLong) => {
                body.drain().await;
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                Err(Stop::new(status, "host: body too long"))
            }
            Err(Unbuffered::Broken) => {
                Err(Stop::new(StatusCode::BAD_REQUEST, "host: body broken off"))
            }
        }
    }

    fn route(&self, caller: &Parts) -> Result<Routing<'_>, Stop> {
        within_limits(caller)?;
        let Some(routed) = path::routed(caller.uri.path()) else {
            return Err(Stop::new(StatusCode::BAD_REQUEST, "host: malformed path"));
        };
        if is_reserved(&routed) {
            return Err(Stop::new(StatusCode::NOT_FOUND, "host: reserved path"));
        }
        match routing::function(&self.project.routes, caller.method.as_str(), &routed) {
            Some((function, values)) => Ok(Routing {
                function,
                routed,
                values,
            }),
            None if routed == "/" => Err(Stop::home_page(self.has_home_page)),
            None => Err(Stop::new(StatusCode::NOT_FOUND, "host: no function")),
        }
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
    async fn invoke(
        &self,
        exchange: impl Future<Output = Result<Response<Body>, String>>,
    ) -> Result<Response<Body>, Stop> {
        let patience = self.project.host_json.custom_handler.initialization_timeout
            * contract::INITIALIZATION_WAITS;
        let ready = tokio::time::timeout(patience, self.handler.ready()).await;
        if !ready.unwrap_or(false) {
            return Err(Stop::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "host: handler not ready",
            ));
        }
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
}

fn timeout(host_json: &HostJson) -> Option<Duration> {
    match host_json.function_timeout {
        FunctionTimeout::PlanDefault => Some(contract::FUNCTION_TIMEOUT),
        FunctionTimeout::Unlimited => None,
        FunctionTimeout::After(limit) => Some(limit),
    }
}
