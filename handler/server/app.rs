//! The app: the functions found on disk, with their bodies, as one warp filter.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::Stream;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use warp::Filter;
use warp::reply::Response;

use crate::Problem;
use crate::auth::{Permit, Policy, Requirement};
use crate::functions::{FunctionBody, Invocation, Registry, RequestBody};
use crate::host::{Function, Marker, RequestPath, RouteValues, Routes, contract};

use super::audit::{Audit, Subject};
use super::body::chunks;
use super::clock::Timestamp;
use super::guard::{Verdict, verdict};
use super::log::Log;
use super::refusals::{Refusals, problem};
use super::trace::{TraceParent, invocation_id};

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
        let requirement = match &function.marker {
            Marker::Public => None,
            Marker::Required => Some(Requirement::Admitted),
            Marker::Roles(roles) => Some(Requirement::AnyRole(roles.clone())),
        };
        Self {
            name: function.name.clone(),
            requirement,
            body,
        }
    }
}

/// The head of a request.
struct Head {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Head {
    /// The call that a body gets to see.
    fn invocation(
        self,
        id: String,
        route_values: RouteValues,
        stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
    ) -> Invocation {
        Invocation {
            id,
            traceparent: TraceParent::from_headers(&self.headers)
                .map(|trace| trace.as_str().to_owned()),
            method: self.method,
            query: self.uri.query().map(ToOwned::to_owned),
            route_values,
            headers: self.headers,
            body: RequestBody::new(chunks(stream)),
        }
    }
}

/// Everything that answers a request.
pub struct App {
    routes: Routes,
    served: HashMap<String, Served>,
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
        let mut served = HashMap::new();
        for function in routes.functions() {
            match registry.remove(function.name.as_str()) {
                None => problems.push(without_body(&function.name)),
                Some(FunctionBody::Secured(_)) if function.marker.is_public() => {
                    problems.push(public_with_permit(&function.name));
                }
                Some(body) => {
                    served.insert(function.name.clone(), Served::new(function, body));
                }
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
        let (function, values) = self.routes.lookup(method, path)?;
        Some((self.served.get(&function.name)?, values))
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
        warp::method()
            .and(warp::ext::get::<Uri>())
            .and(warp::header::headers_cloned())
            .and(warp::body::stream())
            .then(move |method, uri, headers, stream| {
                let app = Arc::clone(&self);
                async move {
                    app.answer(
                        Head {
                            method,
                            uri,
                            headers,
                        },
                        stream,
                    )
                    .await
                }
            })
    }

    /// The answer to a request that has no path a function could have.
    pub(super) fn unroutable(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        let id = invocation_id(headers);
        let response = problem(StatusCode::NOT_FOUND, &id);
        let subject = Subject {
            time: Timestamp::now(),
            invocation_id: &id,
            trace_id: None,
            function: None,
            method: method.as_str(),
        };
        self.audit
            .accessed(&subject, Some(uri.path()), response.status());
        response
    }

    async fn answer(
        &self,
        head: Head,
        stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
    ) -> Response {
        let time = Timestamp::now();
        let verdict = verdict(self, &head.method, head.uri.path(), &head.headers, time);
        if let Verdict::Probe = verdict {
            return Response::default();
        }
        let id = invocation_id(&head.headers);
        let trace = TraceParent::from_headers(&head.headers);
        let subject = |function| Subject {
            time,
            invocation_id: &id,
            trace_id: trace.map(TraceParent::trace_id),
            function,
            method: head.method.as_str(),
        };
        match verdict {
            Verdict::Probe => Response::default(),
            Verdict::NotFound => {
                let response = problem(StatusCode::NOT_FOUND, &id);
                self.audit
                    .accessed(&subject(None), Some(head.uri.path()), response.status());
                response
            }
            Verdict::Refused(served, refusal) => {
                self.audit.denied(&subject(Some(&served.name)), &refusal);
                self.refusals.denied(refusal.denial(), &id)
            }
            Verdict::Admitted(served, values, permit) => {
                self.audit.allowed(&subject(Some(&served.name)), &permit);
                let mut response = self
                    .run(
                        served,
                        Some(permit),
                        head.invocation(id.clone(), values, stream),
                    )
                    .await;
                response
                    .headers_mut()
                    .insert(header::CACHE_CONTROL, NO_STORE);
                response
            }
            Verdict::Public(served, values) => {
                let method = head.method.clone();
                let trace_id = trace.map(|trace| trace.trace_id().to_owned());
                let response = self
                    .run(served, None, head.invocation(id.clone(), values, stream))
                    .await;
                let subject = Subject {
                    time,
                    invocation_id: &id,
                    trace_id: trace_id.as_deref(),
                    function: Some(&served.name),
                    method: method.as_str(),
                };
                self.audit.accessed(&subject, None, response.status());
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
        let id = invocation.id.clone();
        if invocation
            .content_length()
            .is_some_and(|length| length > contract::BODY_LIMIT)
        {
            return problem(StatusCode::PAYLOAD_TOO_LARGE, &id);
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
            Ok(None) => problem(StatusCode::INTERNAL_SERVER_ERROR, &id),
            Err(_) => {
                self.audit.panicked(&served.name, &id);
                problem(StatusCode::INTERNAL_SERVER_ERROR, &id)
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
