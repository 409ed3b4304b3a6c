//! The app: the functions found on disk, with their bodies, as one warp filter.

use std::panic::AssertUnwindSafe;
use std::ptr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt as _, Stream};
use http::{HeaderValue, StatusCode, header};
use tokio::time::timeout;
use warp::Filter;
use warp::reply::Response;

use crate::functions::{Head, Invocation, InvocationId, Registry, RequestBody, TraceParent};
use crate::host::{RequestPath, RouteValues, Routes, contract};
use app_settings::Problem;
use client_cert::{Decider, Forwarded, FrontEnd, Permit, Policy};

use super::audit::{Audit, Subject};
use super::body::chunks;
use super::clock::Timestamp;
use super::guard::{Admission, Target, admission, forwarded, target};
use super::limits::Limits;
use super::log::Log;
use super::refusals::{Refusals, problem};
use super::served::{Finished, Served, Unfinished};
use super::trace::invocation_id;

/// Answers to admitted callers are for them alone.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A request that has arrived: what its lines of the log begin with.
#[derive(Clone, Copy)]
pub(super) struct Arrival<'a> {
    pub(super) head: &'a Head,
    pub(super) time: Timestamp,
    pub(super) id: InvocationId,
    /// The caller's method, which an envelope has inside.
    pub(super) method: &'a str,
}

impl<'a> Arrival<'a> {
    fn new(head: &'a Head) -> Self {
        Self {
            head,
            time: Timestamp::now(),
            id: invocation_id(&head.headers),
            method: head.method.as_str(),
        }
    }

    pub(super) fn subject(&self, function: Option<&'a str>) -> Subject<'a> {
        Subject {
            time: self.time,
            invocation_id: self.id,
            trace_id: self.head.trace_parent().map(TraceParent::trace_id),
            function,
            method: self.method,
        }
    }
}

/// Everything that answers a request.
pub struct App {
    routes: Routes,
    served: Vec<Served>,
    decider: Decider,
    refusals: Refusals,
    limits: Limits,
    pub(super) audit: Audit,
}

impl App {
    /// An app of the functions in `routes`, with their bodies from `registry`.
    ///
    /// `disabled` are functions with a folder that are switched off; their bodies are not missed.
    ///
    /// # Errors
    ///
    /// A folder without a body, a body without a folder, a body that wants a permit while its folder says that it is
    /// public, a body of another kind than the trigger, and envelopes that a caller could imitate. All of them at once.
    pub fn new(
        routes: Routes,
        disabled: &[String],
        mut registry: Registry,
        policy: Policy,
        refusals: Refusals,
        log: Log,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = imitable_envelopes(&routes, &policy);
        let mut served = Vec::new();
        for function in routes.functions() {
            match registry.remove(function.name.as_str()) {
                None => problems.push(without_body(&function.name)),
                Some(body) => match Served::new(function, body) {
                    Ok(function) => served.push(function),
                    Err(problem) => problems.push(problem),
                },
            }
        }
        let missing = registry
            .into_keys()
            .filter(|name| !disabled.iter().any(|off| off == name));
        problems.extend(missing.map(without_folder));
        if problems.is_empty() {
            Ok(Self {
                routes,
                served,
                decider: Decider::new(policy),
                refusals,
                limits: Limits::default(),
                audit: Audit::new(log),
            })
        } else {
            Err(problems)
        }
    }

    /// The same app within other bounds than those of a host with its defaults.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The most bytes of the body that comes with a head: an envelope holds a caller's body and more.
    pub(super) fn most_bytes(&self, head: &Head) -> u64 {
        match self.routes.enveloped(head.uri.path()) {
            Some(_) => self.limits.envelope_bytes(),
            None => self.limits.body_bytes,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// The one look-up that decides which body runs for a raw request and which mark guards it.
    pub(super) fn find(
        &self,
        method: &str,
        path: &RequestPath<'_>,
    ) -> Option<(&Served, RouteValues)> {
        let (found, values) = self.routes.lookup(method, path)?;
        // One entry per function, in the same order.
        let place = self
            .routes
            .functions()
            .iter()
            .position(|function| ptr::eq(function, found))?;
        Some((self.served.get(place)?, values))
    }

    /// The function whose envelopes are posted to this path.
    pub(super) fn enveloped(&self, path: &str) -> Option<&Served> {
        let name = &self.routes.enveloped(path)?.name;
        self.served.iter().find(|served| served.name() == name)
    }

    /// The app as one warp filter, behind our own `port`: the head of a request, the decision, and only then the body.
    ///
    /// Whatever the decision, the outcome is a reply. A rejection would be an invitation to the next route. An envelope
    /// is read before the decision, since it holds the certificate.
    pub fn into_filter(
        self: Arc<Self>,
        port: u16,
    ) -> impl Filter<Extract = (Response,), Error = warp::Rejection> + Clone + Send + Sync + 'static
    {
        warp::ext::get::<Arc<Head>>()
            .and(warp::body::stream())
            .then(move |head, stream| {
                let app = Arc::clone(&self);
                async move { app.answer_always(head, stream, port).await.map(Into::into) }
            })
    }

    /// The answer to a request that has no path a function could have.
    pub(super) fn unroutable(&self, head: &Head) -> Response {
        self.not_found(&Arrival::new(head)).map(Into::into)
    }

    fn not_found(&self, arrival: &Arrival<'_>) -> http::Response<Bytes> {
        let response = problem(StatusCode::NOT_FOUND, arrival.id);
        let path = Some(arrival.head.uri.path());
        self.audit
            .accessed(&arrival.subject(None), path, response.status());
        response
    }

    /// An answer whatever happens: hostile bytes that make a reader panic are refused like any others, and said.
    async fn answer_always(
        &self,
        head: Arc<Head>,
        stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
        port: u16,
    ) -> http::Response<Bytes> {
        let answer = AssertUnwindSafe(self.answer(Arc::clone(&head), stream, port))
            .catch_unwind()
            .await;
        answer.unwrap_or_else(|_| {
            let arrival = Arrival::new(&head);
            let response = problem(StatusCode::INTERNAL_SERVER_ERROR, arrival.id);
            let path = Some(head.uri.path());
            self.audit
                .accessed(&arrival.subject(None), path, response.status());
            response
        })
    }

    async fn answer(
        &self,
        head: Arc<Head>,
        stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
        port: u16,
    ) -> http::Response<Bytes> {
        let arrival = Arrival::new(&head);
        let body = || RequestBody::new(chunks(stream));
        match target(self, &head, port) {
            Target::Probe => http::Response::default(),
            Target::Nothing => self.not_found(&arrival),
            Target::Envelope(served) => self.open(served, &arrival, body()).await,
            Target::Raw(served, route_values) => {
                let invocation = Invocation {
                    id: arrival.id,
                    head: Arc::clone(&head),
                    route_values,
                    inputs: serde_json::Map::new(),
                    body: body(),
                };
                let forwarded = forwarded(&head.headers);
                match self.call(served, &arrival, &forwarded, invocation).await {
                    Ok(finished) => finished.response,
                    Err(Unfinished::TimedOut) => problem(StatusCode::GATEWAY_TIMEOUT, arrival.id),
                    Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, arrival.id),
                }
            }
        }
    }

    /// One call by a caller, in whichever shape it came: the decision, its line, and the body for those it admits.
    pub(super) async fn call(
        &self,
        served: &Served,
        arrival: &Arrival<'_>,
        forwarded: &Forwarded<'_>,
        invocation: Invocation,
    ) -> Result<Finished, Unfinished> {
        let subject = arrival.subject(Some(served.name()));
        match admission(&self.decider, served, forwarded, arrival.time) {
            Admission::Refused(refusal) => {
                self.audit.denied(&subject, &refusal);
                Ok(Finished::without_outputs(
                    self.refusals.denied(refusal.denial(), arrival.id),
                ))
            }
            Admission::Admitted(permit) => {
                self.audit.allowed(&subject, &permit);
                let mut result = self.run(served, Some(permit), invocation).await;
                if let Ok(finished) = &mut result {
                    let headers = finished.response.headers_mut();
                    headers.insert(header::CACHE_CONTROL, NO_STORE);
                }
                result
            }
            Admission::Public => {
                let result = self.run(served, None, invocation).await;
                let status = result
                    .as_ref()
                    .map_or(StatusCode::INTERNAL_SERVER_ERROR, |finished| {
                        finished.response.status()
                    });
                self.audit.accessed(&subject, None, status);
                result
            }
        }
    }

    async fn run(
        &self,
        served: &Served,
        permit: Option<Permit>,
        invocation: Invocation,
    ) -> Result<Finished, Unfinished> {
        let id = invocation.id;
        if self.is_too_long(&invocation.head) {
            return Ok(Finished::without_outputs(problem(
                StatusCode::PAYLOAD_TOO_LARGE,
                id,
            )));
        }
        let run = timeout(self.limits.body_time, served.run(permit, invocation));
        let result = run.await.unwrap_or(Err(Unfinished::TimedOut));
        if let Err(unfinished) = &result {
            self.audit.unfinished(served.name(), id, unfinished);
        }
        result
    }
}

impl App {
    /// Whether the announced length of a body is more than the host allows.
    pub(super) fn is_too_long(&self, head: &Head) -> bool {
        head.content_length()
            .is_some_and(|length| length > self.limits.body_bytes)
    }
}

/// What is wrong with envelopes unless something in front of the host adds headers to every request.
///
/// The front end of App Service does, and nothing that a caller sends makes it stop. On a developer's machine a caller
/// reaches the host itself, past whatever front end is declared; and without a declaration nobody says what is there.
/// The host adds headers of its own to what it proxies, but an older host forwards instead, which adds none that
/// envelopes do not have.
pub fn imitable_envelopes(routes: &Routes, policy: &Policy) -> Vec<Problem> {
    match policy.front_end() {
        FrontEnd::AppService => Vec::new(),
        FrontEnd::Development | FrontEnd::Undeclared => routes.imitable_envelopes(),
    }
}

fn without_body(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected a body named {name} in handler/functions/registry.rs, found none; write it, or remove the folder"
        ),
    )
}

fn without_folder(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected a folder for the body {name} in handler/functions/registry.rs, found none; add it, or remove the body"
        ),
    )
}
