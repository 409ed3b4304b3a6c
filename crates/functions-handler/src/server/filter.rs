//! The app as one warp filter.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use http::{Response, StatusCode};
use serde_json::Map;
use warp::Filter;

use crate::functions::{Head, Invocation, ReplyBody, RequestBody};
use crate::guard::{Admission, Asked, Presented, TargetAuthority, admissions, problem};
use crate::host::RouteValues;

use super::app::{App, Arrival};
use super::body::chunks;
use super::dialect::Dialect;
use super::entry::Secured;
use super::target::Target;

/// A caller's request to a secured function.
#[derive(Clone)]
pub(super) struct SecuredCall {
    arrival: Arc<Arrival>,
    secured: Arc<Secured>,
    route_values: RouteValues,
}

/// Any other request.
#[derive(Clone)]
pub(super) struct OtherRequest(Arc<Arrival>);

impl SecuredCall {
    /// The request as one of a secured function, or as any other.
    pub(super) fn of(arrival: Arrival) -> Result<Self, OtherRequest> {
        let arrival = Arc::new(arrival);
        match &arrival.target {
            Target::Secured(secured, route_values) => Ok(Self {
                secured: Arc::clone(secured),
                route_values: route_values.clone(),
                arrival,
            }),
            Target::Probe
            | Target::Nothing
            | Target::Public(..)
            | Target::Preflight(_)
            | Target::HandedOn(..)
            | Target::Envelope(_) => Err(OtherRequest(arrival)),
        }
    }

    fn asked(&self) -> Asked {
        Asked {
            subject: self.arrival.subject.of(&self.secured.called.name),
            requirement: Arc::clone(&self.secured.requirement),
            authority: TargetAuthority::of(&self.arrival.head.uri),
            head: Arc::clone(&self.arrival.head),
        }
    }
}

/// The app as one warp filter: the request as it was routed, the guard's decision, and only then the body.
///
/// The look-up puts a [`SecuredCall`] or an [`OtherRequest`] into the request's extensions. A rejection here means that it
/// is the other one; once the guard has decided there is none.
pub(super) fn filter(
    app: &Arc<App>,
) -> impl Filter<Extract = (warp::reply::Response,), Error = warp::Rejection>
+ Clone
+ Send
+ Sync
+ 'static {
    let guarded = Arc::clone(app);
    let asked = warp::ext::get::<SecuredCall>().map(|call: SecuredCall| call.asked());
    let secured = admissions(app.guard.clone(), asked)
        .and(warp::ext::get::<SecuredCall>())
        .and(warp::body::stream())
        .then(move |admission, call, stream| {
            let app = Arc::clone(&guarded);
            async move { sent(app.secured(admission, call, body(stream)).await) }
        });
    let open = Arc::clone(app);
    let other = warp::ext::get::<OtherRequest>()
        .and(warp::body::stream())
        .then(move |OtherRequest(arrival), stream| {
            let app = Arc::clone(&open);
            async move { sent(app.other(&arrival, body(stream)).await) }
        });
    secured.or(other).unify()
}

impl App {
    async fn secured(
        &self,
        admission: Admission,
        call: SecuredCall,
        body: RequestBody,
    ) -> Response<ReplyBody> {
        let admitted = match admission {
            Admission::Answered(response) => return response.map(Into::into),
            Admission::Admitted(admitted) => admitted,
        };
        let arrival = &call.arrival;
        if let Some(response) = self.too_long(&arrival.head, &arrival.subject) {
            return admitted.finish(response);
        }
        let invocation = invocation(arrival, call.route_values, body);
        let (secured, subject) = (&call.secured, &arrival.subject);
        self.call_secured(secured, Dialect::Raw, subject, admitted, invocation)
            .await
    }

    async fn other(&self, arrival: &Arrival, body: RequestBody) -> Response<ReplyBody> {
        match &arrival.target {
            Target::Probe => Response::default(),
            Target::Envelope(entry) => self.open(entry, arrival, body).await,
            Target::Public(called, route_values) => {
                if let Some(response) = self.too_long(&arrival.head, &arrival.subject) {
                    let record = self
                        .guard
                        .audit()
                        .undecided(arrival.subject.of(&called.name));
                    record.finish(response.status());
                    return response;
                }
                let invocation = invocation(arrival, route_values.clone(), body);
                self.call_public(called, Dialect::Raw, &arrival.subject, invocation)
                    .await
            }
            Target::Preflight(name) => {
                let Head {
                    method,
                    uri,
                    headers,
                    proof,
                    ..
                } = &*arrival.head;
                let authority = TargetAuthority::of(uri);
                let presented = Presented::in_head(method.as_str(), &authority, headers, *proof);
                let subject = arrival.subject.of(name);
                self.guard.preflight(subject, &presented).map(Into::into)
            }
            // Nothing secured runs without an admission, and what is handed on is answered elsewhere.
            Target::Nothing | Target::Secured(..) | Target::HandedOn(..) => {
                self.not_found(arrival).map(Into::into)
            }
        }
    }

    /// The answer where no function is found.
    pub(super) fn not_found(&self, arrival: &Arrival) -> Response<Bytes> {
        self.refuse(arrival, StatusCode::NOT_FOUND)
    }

    /// An answer of the server's own, with the path in the log.
    pub(super) fn refuse(&self, arrival: &Arrival, status: StatusCode) -> Response<Bytes> {
        let path = arrival.head.uri.path();
        let record = self.guard.audit().not_found(arrival.subject.clone(), path);
        record.finish(status);
        problem(status, arrival.subject.invocation_id)
    }
}

fn invocation(arrival: &Arrival, route_values: RouteValues, body: RequestBody) -> Invocation {
    Invocation {
        id: arrival.subject.invocation_id,
        head: Arc::clone(&arrival.head),
        route_values,
        inputs: Map::new(),
        body,
    }
}

fn body(
    stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
) -> RequestBody {
    RequestBody::new(chunks(stream))
}

/// The answer as warp sends it.
fn sent(response: Response<ReplyBody>) -> warp::reply::Response {
    use warp::Reply as _;
    let (parts, body) = response.into_parts();
    let body = match body.into_whole_or_stream() {
        Ok(bytes) => bytes.into(),
        Err(chunks) => warp::reply::stream(chunks).into_response().into_body(),
    };
    Response::from_parts(parts, body)
}
