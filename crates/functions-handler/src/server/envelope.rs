//! Envelopes: decided upon by what is inside, read within bounds, answered inside.
//!
//! No byte of a raw body is read before its caller is admitted. An envelope is the one exception, since the certificate
//! itself is in it. Of a secured function's envelope no more is read than it takes to see the headers inside; the rest of
//! a refused caller's is dropped as it comes. What has to be held or read until then comes out of one [`Budget`] over all
//! requests, and is taken before it is allocated.
//!
//! [`Budget`]: super::budget::Budget

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, Response, header};
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::functions::{BodyError, Invocation, PublicFn, ReplyBody, RequestBody, Trigger};
use crate::guard::{Admission, Admitted, Presented, problem};
use crate::host::{
    Allowance, EarlyRequest, Envelope, EnvelopeError, EnvelopeReply, Headers, HttpAnswer,
    HttpRequest, NoRoom, Opening, Output, Room,
};
use crate::log::{CallerText, Subject};

use super::app::{App, Arrival};
use super::body::too_large;
use super::budget::Lease;
use super::call::status;
use super::entry::{Called, Entry, Secured, Triggered};
use super::failed::Failed;
use super::held::Held;
use super::inner_head::inner_head;
use super::run::{Finished, bound, caught};
use super::unreadable::Unreadable;

/// How long an envelope may take to arrive. The host has all of it in memory, and the largest takes well under a
/// second over loopback; the rest is for a busy machine.
const ENVELOPE_READ_TIMEOUT: Duration = Duration::from_secs(60);

/// What the host's formatter reads; it takes no other kind (`MediaTypeFormatter`).
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The most bytes of a secured function's envelope before its headers: the host writes the request before all other inputs,
/// and its URL and query, which Kestrel bounds at 8 KiB, before its headers. The rest is for hosts to come.
const MAX_OPENING_BYTES: usize = 1024 * 1024;

/// The longest text that is read where requests are answered, in bytes: some milliseconds. A longer one is read on a thread
/// of its own, so that no other request waits for it.
const MAX_TEXT_BESIDE_REQUESTS: usize = 1024 * 1024;

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
            return self.unreadable(subject(), &Unreadable::Body(too_large(most)));
        }
        let answer = match entry {
            Entry::Public(called) => self.public(called, arrival, body).await,
            Entry::Secured(secured) => self.guarded(secured, arrival, body).await,
            Entry::Triggered(triggered) => self.triggered(triggered, arrival, body).await,
        };
        answer.unwrap_or_else(|unreadable| self.unreadable(subject(), &unreadable))
    }

    async fn public(
        &self,
        called: &Called<PublicFn>,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<Bytes>, Unreadable> {
        let binding = &called.http.binding;
        // Until the answer: nobody is admitted here at any time.
        let room = self.budget.public();
        let (mut request, mut room) = within(async {
            let mut held = self.held(self.budget.public());
            let mut opening = Opening::new(binding);
            while let Some(chunk) = body.chunk().await.transpose()? {
                held.push(&chunk)?;
                opening.look_on(held.text())?;
            }
            request(held, binding, room).await
        })
        .await?;
        let subject = calling(&arrival.subject, &request.method);
        let invocation = invocation(&subject, &mut request, &mut room)?;
        let result = self.call_public(called, &subject, invocation).await;
        let response = self.enveloped(result, &called.http.output, &subject).await;
        drop(room);
        Ok(response)
    }

    async fn guarded(
        &self,
        secured: &Secured,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<Bytes>, Unreadable> {
        let http = &secured.called.http;
        let opening = within(self.opening(secured, arrival, &mut body)).await?;
        let (mut held, subject, admission) = opening;
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
        held.admit();
        let invocation = within(async {
            while let Some(chunk) = body.chunk().await.transpose()? {
                held.push(&chunk)?;
            }
            let (mut request, mut room) = request(held, &http.binding, self.of_admitted()).await?;
            Ok(invocation(&subject, &mut request, &mut room)?)
        });
        let invocation = match invocation.await {
            Ok(invocation) => invocation,
            Err(unreadable) => return Ok(self.given_up(admitted, &subject, &unreadable)),
        };
        let result = self
            .call_secured(secured, &subject, admitted, invocation)
            .await;
        Ok(self.enveloped(result, &http.output, &subject).await)
    }

    /// Reads until the decision can be made, and makes it. What has been read is counted until then.
    async fn opening(
        &self,
        secured: &Secured,
        arrival: &Arrival,
        body: &mut RequestBody,
    ) -> Result<(Held, Subject, Admission), Unreadable> {
        let mut held = self.held(self.budget.secured());
        let mut opening = Opening::new(&secured.called.http.binding);
        loop {
            let chunk = body.chunk().await.transpose()?;
            held.push(chunk.as_deref().unwrap_or_default())?;
            if opening.look(held.text())? || chunk.is_none() {
                break;
            }
            if held.text().len() > MAX_OPENING_BYTES {
                return Err(Unreadable::LateHeaders);
            }
        }
        let EarlyRequest { method, headers } =
            opening.read(held.text(), &mut self.budget.secured())?;
        let subject = calling(&arrival.subject, &method);
        let admission = self.guard.decide(
            subject.of(&secured.called.name),
            &secured.requirement,
            &presented(&method, &headers),
        );
        Ok((held, subject, admission))
    }

    fn held(&self, lease: Lease) -> Held {
        Held::new(lease, self.limits.envelope_bytes())
    }

    /// The room for what is read out of an admitted caller's envelope: their body, twice at most, and the other inputs.
    fn of_admitted(&self) -> Allowance {
        Allowance(usize::try_from(self.limits.envelope_bytes()).unwrap_or(usize::MAX))
    }

    async fn triggered(
        &self,
        triggered: &Triggered,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<Bytes>, Unreadable> {
        let (started, room) = within(async {
            let mut held = self.held(self.budget.public());
            while let Some(chunk) = body.chunk().await.transpose()? {
                held.push(&chunk)?;
            }
            let binding = triggered.binding.clone();
            apart(held, self.budget.public(), move |text, room| {
                Envelope::parse(text, room)?.into_triggering(&binding, room)
            })
            .await
        })
        .await?;
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
        drop(room);
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
        unreadable: &Unreadable,
    ) -> Response<Bytes> {
        let status = unreadable.status();
        self.guard.audit().failed(&unreadable.line(subject));
        admitted.record.finish(status);
        problem(status, subject.invocation_id)
    }

    fn unreadable(&self, subject: Subject, unreadable: &Unreadable) -> Response<Bytes> {
        let (status, id) = (unreadable.status(), subject.invocation_id);
        self.guard.audit().failed(&unreadable.line(&subject));
        self.guard.audit().undecided(subject).finish(status);
        problem(status, id)
    }
}

async fn within<T>(read: impl Future<Output = Result<T, Unreadable>>) -> Result<T, Unreadable> {
    timeout(ENVELOPE_READ_TIMEOUT, read)
        .await
        .unwrap_or(Err(Unreadable::Body(BodyError::Interrupted)))
}

/// The request in an envelope that has arrived whole.
async fn request<R: Room + Send + 'static>(
    held: Held,
    binding: &str,
    room: R,
) -> Result<(HttpRequest, R), Unreadable> {
    let binding = binding.to_owned();
    apart(held, room, move |text, room| {
        Envelope::parse_request(text, room)?.into_http(&binding, room)
    })
    .await
}

/// Reads a text where it holds no other request up, drops it, and gives the room back that what was read takes.
async fn apart<T, R>(
    held: Held,
    mut room: R,
    read: impl FnOnce(&[u8], &mut R) -> Result<T, EnvelopeError> + Send + 'static,
) -> Result<(T, R), Unreadable>
where
    T: Send + 'static,
    R: Send + 'static,
{
    let is_long = held.text().len() > MAX_TEXT_BESIDE_REQUESTS;
    let run = move || read(held.text(), &mut room).map(|found| (found, room));
    let result = match is_long {
        true => match spawn_blocking(run).await {
            Ok(result) => result,
            Err(error) => resume_unwind(error.into_panic()),
        },
        false => run(),
    };
    Ok(result?)
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
fn invocation(
    subject: &Subject,
    request: &mut HttpRequest,
    room: &mut impl Room,
) -> Result<Invocation, NoRoom> {
    let body = request.take_body(room)?.map(|body| Ok(Bytes::from(body)));
    Ok(Invocation {
        id: subject.invocation_id,
        head: Arc::new(inner_head(request)),
        route_values: std::mem::take(&mut request.params).into_iter().collect(),
        inputs: std::mem::take(&mut request.inputs),
        body: RequestBody::new(stream::iter(body)),
    })
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
