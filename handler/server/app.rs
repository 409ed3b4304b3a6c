//! The app: the functions found on disk, with their bodies, as one warp filter.

use std::panic::AssertUnwindSafe;
use std::ptr;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::Stream;
use http::{HeaderValue, StatusCode, header};
use warp::Filter;
use warp::reply::Response;

use crate::Problem;
use crate::auth::{Permit, Policy, Requirement};
use crate::functions::{
    FunctionBody, Head, Invocation, InvocationId, Registry, RequestBody, TraceParent,
};
use crate::host::{Function, Marker, RequestPath, RouteValues, Routes, contract};

use super::audit::{Audit, Subject};
use super::body::chunks;
use super::clock::Timestamp;
use super::guard::{Verdict, verdict};
use super::log::Log;
use super::refusals::{Refusals, problem};
use super::trace::invocation_id;

/// Answers to admitted callers are for them alone.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A function with its body, and what its mark asks of a caller.
pub(super) struct Served {
    pub(super) name: String,
    /// `None` for a public function.
    pub(super) requirement: Option<Requirement>,
    body: FunctionBody,
}

impl Served {
    fn new(function: &Function, body: FunctionBody) -> Self {
        Self {
            name: function.name.clone(),
            requirement: requirement(&function.marker),
            body,
        }
    }
}

/// What a function's mark asks of a caller; nothing of callers of a public one.
pub fn requirement(marker: &Marker) -> Option<Requirement> {
    match marker {
        Marker::Public => None,
        Marker::Required => Some(Requirement::Admitted),
        Marker::Roles(roles) => Some(Requirement::AnyRole(roles.clone())),
    }
}

/// A request that has arrived: what its lines of the log begin with.
struct Arrival<'a> {
    head: &'a Head,
    time: Timestamp,
    id: InvocationId,
}

impl<'a> Arrival<'a> {
    fn new(head: &'a Head) -> Self {
        Self {
            head,
            time: Timestamp::now(),
            id: invocation_id(&head.headers),
        }
    }

    fn subject(&self, function: Option<&'a str>) -> Subject<'a> {
        Subject {
            time: self.time,
            invocation_id: self.id,
            trace_id: self.head.trace_parent().map(TraceParent::trace_id),
            function,
            method: self.head.method.as_str(),
        }
    }
}

/// Everything that answers a request.
pub struct App {
    routes: Routes,
    served: Vec<Served>,
    policy: Policy,
    refusals: Refusals,
    audit: Audit,
}

impl App {
    /// An app of the functions in `routes`, with their bodies from `registry`.
    ///
    /// `disabled` are functions with a folder that are switched off; their bodies are not missed.
    ///
    /// # Errors
    ///
    /// A folder without a body, a body without a folder, and a body that wants a permit while its folder
    /// says that it is public. All of them at once.
    pub fn new(
        routes: Routes,
        disabled: &[String],
        mut registry: Registry,
        policy: Policy,
        refusals: Refusals,
        log: Log,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut served = Vec::new();
        for function in routes.functions() {
            match registry.remove(function.name.as_str()) {
                None => problems.push(without_body(&function.name)),
                Some(FunctionBody::Secured(_)) if function.marker.is_public() => {
                    problems.push(public_with_permit(&function.name));
                }
                Some(body) => served.push(Served::new(function, body)),
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
                policy,
                refusals,
                audit: Audit::new(log),
            })
        } else {
            Err(problems)
        }
    }

    /// The one look-up that decides which body runs and which mark guards it.
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

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The app as one warp filter: the head of a request, the verdict, and only then the body.
    ///
    /// Whatever the verdict, the outcome is a reply. A rejection would be an invitation to the next route.
    pub fn into_filter(
        self: Arc<Self>,
    ) -> impl Filter<Extract = (Response,), Error = warp::Rejection> + Clone + Send + Sync + 'static
    {
        warp::ext::get::<Arc<Head>>()
            .and(warp::body::stream())
            .then(move |head, stream| {
                let app = Arc::clone(&self);
                async move { app.answer(head, stream).await }
            })
    }

    /// The answer to a request that has no path a function could have.
    pub(super) fn unroutable(&self, head: &Head) -> Response {
        self.not_found(&Arrival::new(head))
    }

    fn not_found(&self, arrival: &Arrival<'_>) -> Response {
        let response = problem(StatusCode::NOT_FOUND, arrival.id);
        let path = Some(arrival.head.uri.path());
        self.audit
            .accessed(&arrival.subject(None), path, response.status());
        response
    }

    async fn answer(
        &self,
        head: Arc<Head>,
        stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
    ) -> Response {
        let arrival = Arrival::new(&head);
        let invocation = |route_values| Invocation {
            id: arrival.id,
            head: Arc::clone(&head),
            route_values,
            body: RequestBody::new(chunks(stream)),
        };
        match verdict(self, &head, arrival.time) {
            Verdict::Probe => Response::default(),
            Verdict::NotFound => self.not_found(&arrival),
            Verdict::Refused(served, refusal) => {
                self.audit
                    .denied(&arrival.subject(Some(&served.name)), &refusal);
                self.refusals.denied(refusal.denial(), arrival.id)
            }
            Verdict::Admitted(served, values, permit) => {
                self.audit
                    .allowed(&arrival.subject(Some(&served.name)), &permit);
                let mut response = self.run(served, Some(permit), invocation(values)).await;
                response
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, NO_STORE);
                response
            }
            Verdict::Public(served, values) => {
                let response = self.run(served, None, invocation(values)).await;
                self.audit.accessed(
                    &arrival.subject(Some(&served.name)),
                    None,
                    response.status(),
                );
                response
            }
        }
    }

    /// Runs a body. A panic in it becomes 500; the process lives.
    async fn run(
        &self,
        served: &Served,
        permit: Option<Permit>,
        invocation: Invocation,
    ) -> Response {
        let id = invocation.id;
        if invocation
            .head
            .content_length()
            .is_some_and(|length| length > contract::BODY_LIMIT)
        {
            return problem(StatusCode::PAYLOAD_TOO_LARGE, id);
        }
        let body = async {
            match (&served.body, permit) {
                (FunctionBody::Public(run), _) => Some(run(invocation).await),
                (FunctionBody::Secured(run), Some(permit)) => Some(run(permit, invocation).await),
                // `App::new` refuses such a pair; without a permit nothing secured runs.
                (FunctionBody::Secured(_), None) => None,
            }
        };
        match AssertUnwindSafe(body).catch_unwind().await {
            Ok(Some(reply)) => reply.into_response(),
            Ok(None) => problem(StatusCode::INTERNAL_SERVER_ERROR, id),
            Err(_) => {
                self.audit.panicked(&served.name, id);
                problem(StatusCode::INTERNAL_SERVER_ERROR, id)
            }
        }
    }
}

fn without_body(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected a body named {name} in handler/functions/registry.rs, seen none; write it, or remove the folder"
        ),
    )
}

fn without_folder(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}", contract::FUNCTION_JSON),
        format!(
            "expected a folder for the body {name} in handler/functions/registry.rs, seen none; add it, or remove the body"
        ),
    )
}

fn public_with_permit(name: &str) -> Problem {
    Problem::new(
        format!("{name}/{}: clientCertificate", contract::FUNCTION_JSON),
        format!(
            "expected \"required\" or roles, since the body {name} takes a permit, seen \"none\"; secure the function, or take the permit out of its body"
        ),
    )
}
