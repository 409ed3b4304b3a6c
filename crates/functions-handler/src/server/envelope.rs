//! Envelopes: decided upon by what is inside, read within bounds, answered inside.
//!
//! No byte of a raw body is read before its caller is admitted. An envelope is the one exception, since the certificate
//! itself is in it. Of a secured function's envelope no more is read than it takes to see the headers inside; the rest of
//! a refused caller's is dropped as it comes. What has to be held until then comes out of one [`Budget`] over all
//! requests.
//!
//! [`Budget`]: super::budget::Budget

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::functions::{BodyError, Invocation, PublicFn, ReplyBody, RequestBody, Trigger};
use crate::guard::{Admission, Admitted, Presented, problem};
use crate::host::{
    EarlyRequest, Envelope, EnvelopeError, EnvelopeReply, Headers, HttpAnswer, HttpRequest, Output,
};
use crate::log::{CallerText, FailureLine, Subject};

use super::app::{App, Arrival};
use super::body::too_large;
use super::budget::{Exhausted, Lease};
use super::call::status;
use super::entry::{Called, Entry, Secured, Triggered};
use super::failed::Failed;
use super::inner_head::inner_head;
use super::run::{Finished, bound, caught};

/// How long an envelope may take to arrive. The host has all of it in memory, and the largest takes well under a
/// second over loopback; the rest is for a busy machine.
const ENVELOPE_READ_TIMEOUT: Duration = Duration::from_secs(60);

/// What the host's formatter reads; it takes no other kind (`MediaTypeFormatter`).
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Why an envelope cannot be answered. The host gets a status that counts as a failed invocation.
enum Unreadable {
    Body(BodyError),
    Envelope(EnvelopeError),
    Exhausted,
}

impl App {
    /// Answers an envelope. What the caller is to see travels inside a 200; any other status tells the host that the
    /// invocation failed.
    pub(super) async fn open(
        &self,
        entry: &Entry,
        arrival: &Arrival,
        body: RequestBody,
    ) -> Response<Bytes> {
        let most = self.limits.envelope_bytes();
        let subject = || arrival.subject.of(entry.name());
        if arrival
            .head
            .content_length()
            .is_some_and(|length| length > most)
        {
            return self.unreadable(subject(), Unreadable::Body(too_large(most)));
        }
        let answer = match entry {
            Entry::Public(called) => self.public(called, arrival, body).await,
            Entry::Secured(secured) => self.guarded(secured, arrival, body).await,
            Entry::Triggered(triggered) => self.triggered(triggered, arrival, body).await,
        };
        answer.unwrap_or_else(|unreadable| self.unreadable(subject(), unreadable))
    }

    async fn public(
        &self,
        called: &Called<PublicFn>,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<Bytes>, Unreadable> {
        // Until the answer: nobody is admitted here at any time.
        let mut lease = self.budget.public();
        let text = within(read(&mut body, BytesMut::new(), Some(&mut lease))).await?;
        let mut request = self.request(&text, &called.http.binding)?;
        drop(text);
        let subject = calling(&arrival.subject, &request.method);
        let invocation = invocation(&subject, &mut request);
        let result = self.call_public(called, &subject, invocation).await;
        Ok(self.enveloped(result, &called.http.output, &subject).await)
    }

    async fn guarded(
        &self,
        secured: &Secured,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<Bytes>, Unreadable> {
        let http = &secured.called.http;
        let opening = within(self.opening(secured, arrival, &mut body)).await?;
        let (beginning, subject, admission) = opening;
        let admitted = match admission {
            Admission::Answered(response) => {
                let finished = Finished {
                    response: response.map(ReplyBody::from),
                    outputs: Vec::new(),
                };
                return Ok(self.enveloped(Ok(finished), &http.output, &subject).await);
            }
            Admission::Admitted(admitted) => admitted,
        };
        let invocation = within(async {
            let text = read(&mut body, beginning, None).await?;
            let mut request = self.request(&text, &http.binding)?;
            Ok(invocation(&subject, &mut request))
        });
        let invocation = match invocation.await {
            Ok(invocation) => invocation,
            Err(unreadable) => return Ok(self.given_up(admitted, &subject, unreadable)),
        };
        let result = self
            .call_secured(secured, &subject, admitted, invocation)
            .await;
        Ok(self.enveloped(result, &http.output, &subject).await)
    }

    /// Reads until the decision can be made, and makes it. What has been read goes on being counted only until then.
    async fn opening(
        &self,
        secured: &Secured,
        arrival: &Arrival,
        body: &mut RequestBody,
    ) -> Result<(BytesMut, Subject, Admission), Unreadable> {
        let mut lease = self.budget.secured();
        let mut text = BytesMut::new();
        let mut next_look = 0;
        loop {
            let chunk = body.chunk().await.transpose()?;
            if let Some(chunk) = &chunk {
                lease.take(chunk.len())?;
                text.extend_from_slice(chunk);
            }
            // Looked at again only when it has doubled, so that no beginning makes this quadratic.
            if text.len() < next_look && chunk.is_some() {
                continue;
            }
            next_look = text.len().saturating_mul(2);
            let early = EarlyRequest::find(&text, &secured.called.http.binding)?;
            let (method, headers) = match (early, chunk) {
                (Some(early), _) => (early.method, early.headers),
                (None, Some(_)) => continue,
                (None, None) => {
                    let request = self.request(&text, &secured.called.http.binding)?;
                    (request.method, request.headers)
                }
            };
            let subject = calling(&arrival.subject, &method);
            let admission = self.guard.decide(
                subject.of(&secured.called.name),
                &secured.requirement,
                &presented(&method, &headers),
            );
            return Ok((text, subject, admission));
        }
    }

    fn request(&self, text: &[u8], binding: &str) -> Result<HttpRequest, Unreadable> {
        Ok(Envelope::parse_request(text)?.into_http(binding)?)
    }

    async fn triggered(
        &self,
        triggered: &Triggered,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<Bytes>, Unreadable> {
        let text = within(read(&mut body, BytesMut::new(), None)).await?;
        let started = Envelope::parse(&text)?.into_triggering(&triggered.binding)?;
        drop(text);
        let trigger = Trigger {
            id: arrival.subject.invocation_id,
            name: triggered.binding.clone(),
            data: started.data,
            metadata: started.metadata,
            inputs: started.inputs,
        };
        let subject = arrival.subject.of(&triggered.name);
        let record = self.guard.audit().undecided(subject.clone());
        let result = caught(self.limits.trigger_time, || (triggered.run)(trigger)).await;
        let result = result
            .and_then(|result| result.map_err(Failed::Trigger))
            .and_then(|outputs| bound(outputs, &triggered.outputs));
        let response = match result {
            Ok(outputs) => wire(with_outputs(EnvelopeReply::new(), outputs)),
            Err(failed) => self.failed(&failed, &subject),
        };
        record.finish(response.status());
        Ok(response)
    }

    /// What came of a call, inside an envelope; a failure is the envelope's own.
    async fn enveloped(
        &self,
        result: Result<Finished, Failed>,
        output: &str,
        subject: &Subject,
    ) -> Response<Bytes> {
        let status = status(&result);
        let Ok(finished) = result else {
            return problem(status, subject.invocation_id);
        };
        match self.answer(finished.response).await {
            Ok(answer) => {
                let reply = with_outputs(EnvelopeReply::new(), finished.outputs);
                wire(reply.with_answer(output, &answer))
            }
            Err(failed) => self.failed(&failed, subject),
        }
    }

    fn failed(&self, failed: &Failed, subject: &Subject) -> Response<Bytes> {
        self.guard.audit().failed(&failed.line(subject));
        problem(failed.status(), subject.invocation_id)
    }

    /// The answer that a raw caller would get, as the value of the http output.
    async fn answer(&self, response: Response<ReplyBody>) -> Result<HttpAnswer, Failed> {
        let (parts, body) = response.into_parts();
        let limit = usize::try_from(self.limits.body_bytes).unwrap_or(usize::MAX);
        let body = timeout(self.limits.call_time, body.read(limit))
            .await
            .map_err(|_| Failed::TimedOut)?
            .map_err(|error| Failed::Reply(format!("the body broke off: {error}")))?;
        let body = String::from_utf8(body.into()).map_err(|_| {
            Failed::Reply("the body is not UTF-8, and the host takes nothing else".to_owned())
        })?;
        let mut headers = Map::new();
        for (name, value) in &parts.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers.insert(name.as_str().to_owned(), Value::from(value));
        }
        Ok(HttpAnswer {
            status_code: parts.status.as_u16(),
            headers,
            body,
        })
    }

    /// An admitted caller whose envelope turned out to be unreadable.
    fn given_up(
        &self,
        admitted: Admitted,
        subject: &Subject,
        unreadable: Unreadable,
    ) -> Response<Bytes> {
        let (status, detail) = unreadable.told();
        let line = FailureLine::new(subject, "envelope-unreadable", Some(detail));
        self.guard.audit().failed(&line);
        admitted.record.finish(status);
        problem(status, subject.invocation_id)
    }

    fn unreadable(&self, subject: Subject, unreadable: Unreadable) -> Response<Bytes> {
        let (status, detail) = unreadable.told();
        let line = FailureLine::new(&subject, "envelope-unreadable", Some(detail));
        self.guard.audit().failed(&line);
        let id = subject.invocation_id;
        self.guard.audit().undecided(subject).finish(status);
        problem(status, id)
    }
}

impl Unreadable {
    /// The status, and what the log says. The host alone writes envelopes, so somebody should look.
    fn told(&self) -> (StatusCode, String) {
        match self {
            Self::Body(error @ BodyError::TooLarge { .. }) => {
                (StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
            }
            Self::Body(error @ BodyError::Interrupted) => {
                (StatusCode::BAD_REQUEST, error.to_string())
            }
            Self::Envelope(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::Exhausted => (
                StatusCode::SERVICE_UNAVAILABLE,
                "the memory for envelopes of callers who are not admitted is used up".to_owned(),
            ),
        }
    }
}

impl From<BodyError> for Unreadable {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl From<EnvelopeError> for Unreadable {
    fn from(error: EnvelopeError) -> Self {
        Self::Envelope(error)
    }
}

impl From<Exhausted> for Unreadable {
    fn from(_: Exhausted) -> Self {
        Self::Exhausted
    }
}

async fn within<T>(read: impl Future<Output = Result<T, Unreadable>>) -> Result<T, Unreadable> {
    timeout(ENVELOPE_READ_TIMEOUT, read)
        .await
        .unwrap_or(Err(Unreadable::Body(BodyError::Interrupted)))
}

/// Reads to the end. The server bounds how long it is.
async fn read(
    body: &mut RequestBody,
    mut text: BytesMut,
    mut lease: Option<&mut Lease>,
) -> Result<BytesMut, Unreadable> {
    while let Some(chunk) = body.chunk().await.transpose()? {
        if let Some(lease) = &mut lease {
            lease.take(chunk.len())?;
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

/// The call inside an envelope: the post itself always says POST.
fn calling(subject: &Subject, method: &str) -> Subject {
    Subject {
        method: CallerText::new(method),
        ..subject.clone()
    }
}

/// What the front end forwarded with the request inside an envelope: a header counts over all spellings of its name.
fn presented<'a>(method: &str, headers: &'a Headers) -> Presented<'a> {
    Presented::new(method, |name| {
        let values = headers.values(name.as_str());
        values.map(str::as_bytes).collect()
    })
}

/// The call as an implementation sees it in either shape.
fn invocation(subject: &Subject, request: &mut HttpRequest) -> Invocation {
    let body = request.take_body().map(|body| Ok(Bytes::from(body)));
    Invocation {
        id: subject.invocation_id,
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

fn wire(reply: EnvelopeReply) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(reply.into_text()));
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}
