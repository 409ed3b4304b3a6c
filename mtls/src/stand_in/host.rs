//! The host itself: one request in, one answer out.

mod enveloping;
mod sending;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use functions_handler::host::{Function, FunctionTimeout, HostJson, RouteValues, contract};
use http::header::{HOST, HeaderValue, SERVER};
use http::request::Parts;
use http::{Request, Response, StatusCode};

use super::dialect::{Invocation, Unsendable};
use super::http_client::HttpClient;
use super::stop::{Stop, is_reserved};
use super::{Dialect, Project, forwarding, kestrel, proxying, routing};
use crate::body::{Body, Unbuffered};
use crate::handler_process::{HandlerProcess, Variables};
use crate::journal::{Exchange, Hop, Journal};

/// What Kestrel calls itself where the handler calls itself nothing.
pub(crate) const KESTREL: HeaderValue = HeaderValue::from_static("Kestrel");

/// How long a handler may still answer when its function has run out of time (`WebScriptHostExceptionHandler.cs`).
const TIMEOUT_GRACE: Duration = Duration::from_secs(2);

/// The stand-in for the Functions host.
pub(crate) struct StandIn {
    dialect: Dialect,
    /// Whether the next envelope goes in chunks.
    chunks: AtomicBool,
    handler: Arc<HandlerProcess>,
    has_home_page: bool,
    journal: Arc<Journal>,
    client: HttpClient,
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
            client: HttpClient::new(handler.port()),
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
        let mut is_before_the_host = false;
        let mut response = match self.call(request, exchange).await {
            Ok(response) => response,
            Err(stop) => {
                exchange.stopped = Some(stop.reason);
                is_before_the_host = stop.is_before_the_host;
                *stop.response
            }
        };
        let headers = response.headers_mut();
        if !headers.contains_key(SERVER) {
            headers.insert(SERVER, KESTREL);
        }
        for (name, value) in &self.project.custom_headers {
            if !is_before_the_host && !headers.contains_key(name) {
                headers.insert(name, value.clone());
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
                body.drain_later();
                return Err(stop);
            }
        };
        exchange.function = Some(routing.function.name.clone());
        let bytes = match exchange.sized {
            true => Some(self.read(&mut body).await?),
            false => None,
        };
        if routing.function.is_enveloped() {
            if !exchange.sized {
                body.begin().await;
            }
            body.drain_later();
            return self
                .call_by_envelope(&caller, &routing, bytes.as_ref(), exchange)
                .await;
        }
        let invocation = Invocation::new(self.handler.port());
        let length = bytes.as_ref().map(Bytes::len);
        let parts = match self.outgoing(&caller, &routing.routed, length, &invocation) {
            Ok(parts) => parts,
            Err(unsendable) => return Err(self.unsent(unsendable, body).await),
        };
        if self.journal.shows_requests() {
            exchange.hops.push(Hop::of("host to handler", &parts));
        }
        exchange.pending = Some(self.journal.expect_decision(&invocation.id));
        match (self.dialect, bytes) {
            (Dialect::Forwarding, bytes) => {
                self.invoke(self.forward(&parts, bytes.unwrap_or_default()))
                    .await
            }
            (Dialect::Proxying, Some(bytes)) => self.proxy(parts, Body::buffered(bytes)).await,
            (Dialect::Proxying, None) => self.proxy(parts, body).await,
        }
    }

    /// All of the body, as the HTTP binding reads it before the function runs.
    async fn read(&self, body: &mut Body) -> Result<Bytes, Stop> {
        let failed = |reason| Stop::new(StatusCode::INTERNAL_SERVER_ERROR, reason);
        match kestrel::read_in_time(body, self.project.body_limit).await {
            Ok(bytes) => Ok(bytes),
            Err(Unbuffered::TooLong) => {
                body.begin().await;
                Err(failed("host: body too long"))
            }
            Err(Unbuffered::Broken) => Err(failed("host: body broken off, or too slow")),
        }
    }

    /// A request that .NET's client throws at; a host that proxies tries again all the same.
    async fn unsent(&self, unsendable: Unsendable, mut body: Body) -> Stop {
        body.begin().await;
        body.drain_later();
        if self.dialect == Dialect::Proxying {
            sending::pause_for_all_attempts().await;
        }
        Stop::new(StatusCode::INTERNAL_SERVER_ERROR, unsendable.reason())
    }

    fn route(&self, caller: &Parts) -> Result<Routing<'_>, Stop> {
        if let Some(refusal) = kestrel::refusal(caller) {
            return Err(refusal);
        }
        let target = caller.uri.path();
        let Some(routed) = kestrel::routed(target) else {
            let status = StatusCode::BAD_REQUEST;
            return Err(Stop::before_the_host(status, "host: malformed path"));
        };
        if is_reserved(&routed) {
            return Err(Stop::new(StatusCode::NOT_FOUND, "host: reserved path"));
        }
        match routing::function(&self.project.routes, caller.method.as_str(), &routed) {
            Some(_) if !host_of(caller).is_none_or(kestrel::has_uri_host) => Err(Stop::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "host: no address has such a Host",
            )),
            Some((function, values)) => Ok(Routing {
                function,
                routed,
                values,
            }),
            None if target == "/" => Err(Stop::home_page(self.has_home_page)),
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

    /// Calls the handler once it is ready. One that is not done when the function runs out of time has two seconds more,
    /// and is killed then; the caller gets 500 in either case.
    async fn invoke<T>(&self, exchange: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        let patience = self.project.host_json.custom_handler.initialization_timeout
            * contract::INITIALIZATION_WAITS;
        let failed = |reason| Stop::new(StatusCode::INTERNAL_SERVER_ERROR, reason);
        let ready = tokio::time::timeout(patience, self.handler.ready()).await;
        if !ready.unwrap_or(false) {
            return Err(failed("host: handler not ready"));
        }
        let Some(limit) = self.timeout else {
            return exchange.await;
        };
        tokio::pin!(exchange);
        if let Ok(answer) = tokio::time::timeout(limit, &mut exchange).await {
            return answer;
        }
        let late = tokio::time::timeout(TIMEOUT_GRACE, exchange).await;
        if late.is_err() {
            self.handler.restart();
        }
        Err(failed("host: function timed out"))
    }
}

fn host_of(caller: &Parts) -> Option<&str> {
    let host = caller.headers.get(HOST)?.to_str().ok()?;
    (!host.is_empty()).then_some(host)
}

fn timeout(host_json: &HostJson) -> Option<Duration> {
    match host_json.function_timeout {
        FunctionTimeout::PlanDefault => Some(contract::FUNCTION_TIMEOUT),
        FunctionTimeout::Unlimited => None,
        FunctionTimeout::After(limit) => Some(limit),
    }
}
