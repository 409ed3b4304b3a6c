//! Envelopes: read within bounds, decided upon by what is inside, answered inside.
//!
//! No byte of a raw body is read before its caller is admitted. An envelope is the one exception, since the certificate
//! itself is in it. What bounds it instead: it comes from the host alone, which has had all of it in memory before;
//! it has at most four times as many bytes as the host lets a body have and one MiB, at which reading ends; and it
//! has to be there within [`ENVELOPE_TIME`]. What the caller sent as his body is taken out of the envelope and not
//! looked into before he is admitted.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::functions::{BodyError, Invocation, InvocationId, RequestBody, Trigger};
use crate::host::{
    self, Envelope, EnvelopeError, EnvelopeReply, HttpAnswer, HttpRequest, Output, Triggering,
};

use super::app::{App, Arrival};
use super::body::too_large;
use super::guard::enveloped;
use super::inner_head::inner_head;
use super::refusals::problem;
use super::served::{Served, Unfinished};

/// How long an envelope may take to arrive. The host has all of it in memory, and the largest takes well under a
/// second over loopback; the rest is for a busy machine.
const ENVELOPE_TIME: Duration = Duration::from_secs(60);

/// What the host's formatter reads; it takes no other kind (`MediaTypeFormatter`).
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Why an envelope cannot be answered. The host gets a status that counts as a failed invocation.
enum Unreadable {
    Body(BodyError),
    Envelope(EnvelopeError),
}

impl App {
    /// Reads an envelope and answers it. What the caller is to see travels inside a 200; any other status tells the
    /// host that the invocation failed.
    pub(super) async fn open(
        &self,
        served: &Served,
        arrival: &Arrival<'_>,
        body: RequestBody,
    ) -> Response<Bytes> {
        let text = match self.read(arrival, body).await {
            Ok(text) => text,
            Err(error) => return self.unreadable(served, arrival, Unreadable::Body(error)),
        };
        match &served.function.trigger {
            host::Trigger::Http(http) => match request(&text, &http.binding) {
                Ok(request) => self.call_enveloped(served, arrival, request).await,
                Err(error) => self.unreadable(served, arrival, Unreadable::Envelope(error)),
            },
            host::Trigger::Other { binding, .. } => match triggering(&text, binding) {
                Ok(triggering) => {
                    let trigger = Trigger {
                        id: arrival.id,
                        name: binding.clone(),
                        data: triggering.data,
                        metadata: triggering.metadata,
                        inputs: triggering.inputs,
                    };
                    self.trigger(served, arrival, trigger).await
                }
                Err(error) => self.unreadable(served, arrival, Unreadable::Envelope(error)),
            },
        }
    }

    async fn call_enveloped(
        &self,
        served: &Served,
        arrival: &Arrival<'_>,
        mut request: HttpRequest,
    ) -> Response<Bytes> {
        let arrival = Arrival {
            method: &request.method.clone(),
            ..*arrival
        };
        let invocation = invocation(arrival.id, &mut request);
        let forwarded = enveloped(&request);
        match self.call(served, &arrival, &forwarded, invocation).await {
            Ok(finished) => {
                let reply = with_outputs(EnvelopeReply::new(), finished.outputs);
                let binding = served
                    .function
                    .http()
                    .map_or("", |http| http.output.as_str());
                wire(reply.with_answer(binding, &answer(&finished.response)))
            }
            Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, arrival.id),
        }
    }

    async fn trigger(
        &self,
        served: &Served,
        arrival: &Arrival<'_>,
        trigger: Trigger,
    ) -> Response<Bytes> {
        let run = served.run_triggered(trigger);
        let result = match self.limits().trigger_time {
            Some(most) => timeout(most, run)
                .await
                .unwrap_or(Err(Unfinished::TimedOut)),
            None => run.await,
        };
        let response = match result {
            Ok(outputs) => wire(with_outputs(EnvelopeReply::new(), outputs)),
            Err(unfinished) => {
                self.audit
                    .unfinished(served.name(), arrival.id, &unfinished);
                problem(StatusCode::INTERNAL_SERVER_ERROR, arrival.id)
            }
        };
        let subject = arrival.subject(Some(served.name()));
        self.audit.accessed(&subject, None, response.status());
        response
    }

    async fn read(&self, arrival: &Arrival<'_>, mut body: RequestBody) -> Result<Bytes, BodyError> {
        let most = self.limits().envelope_bytes();
        if arrival
            .head
            .content_length()
            .is_some_and(|length| length > most)
        {
            return Err(too_large(most));
        }
        let read = timeout(ENVELOPE_TIME, body.read(usize::MAX)).await;
        read.unwrap_or(Err(BodyError::Interrupted))
    }

    fn unreadable(
        &self,
        served: &Served,
        arrival: &Arrival<'_>,
        unreadable: Unreadable,
    ) -> Response<Bytes> {
        let (status, detail) = match unreadable {
            Unreadable::Body(error @ BodyError::TooLarge { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
            }
            Unreadable::Body(error @ BodyError::Interrupted) => {
                (StatusCode::BAD_REQUEST, error.to_string())
            }
            Unreadable::Envelope(error) => (StatusCode::BAD_REQUEST, error.to_string()),
        };
        self.audit
            .unreadable(&arrival.subject(Some(served.name())), &detail, status);
        problem(status, arrival.id)
    }
}

fn request(text: &[u8], binding: &str) -> Result<HttpRequest, EnvelopeError> {
    Envelope::parse_request(text)?.into_http(binding)
}

fn triggering(text: &[u8], binding: &str) -> Result<Triggering, EnvelopeError> {
    Envelope::parse(text)?.into_triggering(binding)
}

/// The call as a body sees it in either shape.
fn invocation(id: InvocationId, request: &mut HttpRequest) -> Invocation {
    let body = request.take_body().map(|body| Ok(Bytes::from(body)));
    Invocation {
        id,
        head: Arc::new(inner_head(request)),
        route_values: std::mem::take(&mut request.params).into_iter().collect(),
        inputs: std::mem::take(&mut request.inputs),
        body: RequestBody::new(stream::iter(body)),
    }
}

fn with_outputs(reply: EnvelopeReply, outputs: Vec<(Output, Value)>) -> EnvelopeReply {
    outputs.into_iter().fold(reply, |reply, (output, value)| {
        reply.with_output(&output, value)
    })
}

/// The answer that a raw caller would get, as the value of the http output.
fn answer(response: &Response<Bytes>) -> HttpAnswer {
    let mut headers = Map::new();
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.insert(name.as_str().to_owned(), Value::from(value));
    }
    HttpAnswer {
        status_code: response.status().as_u16(),
        headers,
        body: String::from_utf8_lossy(response.body()).into_owned(),
    }
}

fn wire(reply: EnvelopeReply) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(reply.into_text()));
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}
