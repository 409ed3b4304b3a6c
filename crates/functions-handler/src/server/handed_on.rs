//! Calls of functions without an implementation: decided as all others, and handed on to the app's fallback.
//!
//! They do not pass through warp, which knows no trailers. Nothing of a raw request's body is read here, and no answer is
//! held back.

use std::sync::Arc;

use bytes::Bytes;
use client_cert::Requirement;
use futures_util::stream;
use http::{Response, header};
use http_body_util::{BodyDataStream, StreamBody};
use hyper::body::Frame;
use tokio::time::Instant;

use crate::functions::{
    AdmittedCaller, Delivery, FallbackAnswer, FallbackBody, FallbackCall, ForwardedCertificate,
    Head, RequestBody, UpstreamAnswer,
};
use crate::guard::{Admission, Admitted, Presented, TargetAuthority, problem};
use crate::host::Trigger;
use crate::log::{Record, Subject};

use super::app::{App, Arrival};
use super::body::RequestStream;
use super::dialect::enveloped;
use super::entry::HandedOn;
use super::failed::Failed;
use super::handed_answer::HandedAnswer;
use super::in_flight::InFlight;
use super::opened::Guarded;
use super::run::caught;
use super::target::Shape;

/// A call on its way to the fallback.
struct Passing<'a> {
    to: &'a HandedOn,
    subject: Subject,
    in_flight: InFlight,
}

impl App {
    /// Decides about a call, and hands it on.
    pub(super) async fn hand_on(
        &self,
        to: &HandedOn,
        shape: Shape,
        arrival: &Arrival,
        body: RequestStream,
        in_flight: &InFlight,
    ) -> Response<HandedAnswer> {
        let passing = Passing {
            to,
            subject: arrival.subject.of(&to.name),
            in_flight: in_flight.clone(),
        };
        match (&to.requirement, shape) {
            (None, shape) => {
                let call = call(arrival, &passing, shape, None, FallbackBody::new(body));
                let record = self.guard.audit().undecided(passing.subject.clone());
                self.answered(passing, call, record, |response| response)
                    .await
            }
            (Some(requirement), Shape::Raw) => {
                let authority = TargetAuthority::of(&arrival.head.uri);
                let Head {
                    method,
                    headers,
                    proof,
                    ..
                } = &*arrival.head;
                let presented = Presented::in_head(method.as_str(), &authority, headers, *proof);
                let subject = passing.subject.clone();
                match self.guard.decide(subject, requirement, &presented).await {
                    Admission::Answered(response) => own(response),
                    Admission::Admitted(admitted) => {
                        let caller = caller(
                            &admitted,
                            presented.certificate(self.guard.front_end()).as_deref(),
                        );
                        let body = FallbackBody::new(body);
                        let call = call(arrival, &passing, Shape::Raw, caller, body);
                        self.admitted(passing, call, admitted).await
                    }
                }
            }
            (Some(requirement), Shape::Envelope) => {
                self.opened(passing, requirement, arrival, body).await
            }
        }
    }

    /// Decides by the request inside an envelope, and hands all of it on.
    async fn opened(
        &self,
        passing: Passing<'_>,
        requirement: &Arc<Requirement>,
        arrival: &Arrival,
        body: RequestStream,
    ) -> Response<HandedAnswer> {
        let mut body = RequestBody::new(BodyDataStream::new(body));
        let guarded = Guarded {
            name: &passing.to.name,
            binding: passing.to.trigger.binding(),
            requirement,
        };
        let opened = match self.opening(guarded, arrival, &mut body).await {
            Ok(opened) => opened,
            Err(unreadable) => return own(self.unreadable(passing.subject, &unreadable)),
        };
        let admitted = match opened.admission {
            Admission::Answered(response) => {
                return own(enveloped(response, passing.to.output()));
            }
            Admission::Admitted(admitted) => admitted,
        };
        let caller = caller(&admitted, opened.certificate.as_deref());
        let passing = Passing {
            subject: opened.subject.of(&passing.to.name),
            ..passing
        };
        let body = whole(opened.held.into_text().into(), body);
        let call = call(arrival, &passing, Shape::Envelope, caller, body);
        self.admitted(passing, call, admitted).await
    }

    async fn admitted(
        &self,
        passing: Passing<'_>,
        call: FallbackCall,
        admitted: Admitted,
    ) -> Response<HandedAnswer> {
        let is_raw = call.delivery == Delivery::Request;
        let Admitted { record, marks, .. } = admitted;
        let mark = |response| match is_raw {
            true => marks.on(response),
            // The caller's answer is inside.
            false => response,
        };
        self.answered(passing, call, record, mark).await
    }

    /// The fallback's answer, with its line in the log.
    async fn answered(
        &self,
        passing: Passing<'_>,
        call: FallbackCall,
        mut record: Record,
        mark: impl FnOnce(Response<FallbackAnswer>) -> Response<FallbackAnswer>,
    ) -> Response<HandedAnswer> {
        // As long as the call lasts.
        let watched = passing.in_flight.watch();
        let limit = self.limits.trigger_time;
        let end = limit.map(|limit| Instant::now() + limit);
        let audit = self.guard.audit();
        let response = caught(limit, || (passing.to.fallback)(call)).await;
        match response.and_then(sendable) {
            Ok(mut response) => {
                if let Some(upstream) = response.extensions_mut().remove::<UpstreamAnswer>() {
                    record.upstream(&upstream);
                }
                record.finish(response.status());
                let audit = audit.clone();
                mark(response)
                    .map(|body| HandedAnswer::of(body, end, watched, (audit, passing.subject)))
            }
            Err(failed) => {
                audit.failed(&failed.line(&passing.subject));
                let response = problem(failed.status(), passing.subject.invocation_id);
                record.finish(response.status());
                own(response)
            }
        }
    }
}

/// An answer of the server's own.
fn own(response: Response<Bytes>) -> Response<HandedAnswer> {
    response.map(HandedAnswer::own)
}

fn call(
    arrival: &Arrival,
    passing: &Passing<'_>,
    shape: Shape,
    caller: Option<AdmittedCaller>,
    body: FallbackBody,
) -> FallbackCall {
    let Passing { to, subject, .. } = passing;
    let binding = || to.trigger.binding().to_owned();
    FallbackCall {
        id: arrival.subject.invocation_id,
        function: Arc::clone(&to.name),
        delivery: match (shape, &to.trigger) {
            (Shape::Raw, _) => Delivery::Request,
            (Shape::Envelope, Trigger::Http(_)) => Delivery::Envelope { binding: binding() },
            (Shape::Envelope, Trigger::Other { .. }) => Delivery::Trigger { binding: binding() },
        },
        head: Arc::clone(&arrival.head),
        address: subject.address,
        caller,
        body,
    }
}

fn caller(admitted: &Admitted, certificate: Option<&[u8]>) -> Option<AdmittedCaller> {
    let certificate = certificate.and_then(ForwardedCertificate::new)?;
    Some(AdmittedCaller::new(admitted.permit.clone(), certificate))
}

/// What has been read of an envelope, and the rest as it comes.
fn whole(read: Bytes, rest: RequestBody) -> FallbackBody {
    let rest = stream::unfold(rest, async |mut rest| {
        let chunk = rest.chunk().await?;
        Some((chunk, rest))
    });
    let chunks = stream::once(async { Ok(read) });
    let chunks = futures_util::StreamExt::chain(chunks, rest);
    let frames = futures_util::StreamExt::map(chunks, |chunk| chunk.map(Frame::data));
    FallbackBody::new(StreamBody::new(frames))
}

/// The answer without the headers that describe the fallback's own connection; its length stays, which a reply to HEAD has
/// without a body.
fn sendable(mut response: Response<FallbackAnswer>) -> Result<Response<FallbackAnswer>, Failed> {
    if response.status().is_informational() {
        let text = "the status is below 200, and no final answer";
        return Err(Failed::Reply(text.to_owned()));
    }
    for name in [header::TRANSFER_ENCODING, header::CONNECTION] {
        response.headers_mut().remove(name);
    }
    Ok(response)
}
