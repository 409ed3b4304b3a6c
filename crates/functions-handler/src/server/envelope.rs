//! Envelopes: decided upon by what is inside, read within bounds, answered inside.
//!
//! No byte of a raw body is read before its caller is admitted. An envelope is the one exception, since the certificate
//! itself is in it. Of a secured function's envelope no more is read than it takes to see the headers inside; the rest of
//! a refused caller's is dropped as it comes. What has to be held or read until then comes out of one [`Budget`] over all
//! requests, and is taken before it is allocated.
//!
//! [`Budget`]: super::budget::Budget

use bytes::Bytes;
use http::Response;

use crate::functions::{PublicFn, ReplyBody, RequestBody, Trigger};
use crate::guard::{Admission, Admitted, problem};
use crate::host::{Allowance, Envelope, Opening};
use crate::log::Subject;

use super::app::{App, Arrival};
use super::arriving::{apart, request, within};
use super::body::too_large;
use super::budget::Lease;
use super::dialect::{Dialect, enveloped, of_trigger};
use super::entry::{Called, Entry, Secured, Triggered};
use super::failed::Failed;
use super::held::Held;
use super::inner_call::{calling, invocation};
use super::opened::{Guarded, Opened};
use super::run::{bound, caught};
use super::unreadable::Unreadable;

impl App {
    /// Answers an envelope. What the caller is to see travels inside a 200; any other status tells the host that the
    /// invocation failed.
    pub(super) async fn open(
        &self,
        entry: &Entry,
        arrival: &Arrival,
        body: RequestBody,
    ) -> Response<ReplyBody> {
        let most = self.limits.envelope_bytes();
        let subject = || arrival.subject.of(entry.name());
        if arrival
            .head
            .content_length()
            .is_some_and(|length| length > most)
        {
            let too_large = Unreadable::Body(too_large(most));
            return self.unreadable(subject(), &too_large).map(Into::into);
        }
        let answer = match entry {
            Entry::Public(called) => self.public(called, arrival, body).await,
            Entry::Secured(secured) => self.guarded(secured, arrival, body).await,
            Entry::Triggered(triggered) => self.triggered(triggered, arrival, body).await,
            // Answered elsewhere.
            Entry::HandedOn(_) => return self.not_found(arrival).map(Into::into),
        };
        answer.unwrap_or_else(|unreadable| self.unreadable(subject(), &unreadable).map(Into::into))
    }

    async fn public(
        &self,
        called: &Called<PublicFn>,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<ReplyBody>, Unreadable> {
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
        let subject = calling(
            &arrival.subject,
            &request.method,
            &request.headers,
            self.guard.front_end(),
        );
        let invocation = invocation(&subject, &mut request, &mut room)?;
        let dialect = Dialect::Envelope {
            output: &called.http.output,
        };
        let response = self
            .call_public(called, dialect, &subject, invocation)
            .await;
        drop(room);
        Ok(response)
    }

    async fn guarded(
        &self,
        secured: &Secured,
        arrival: &Arrival,
        mut body: RequestBody,
    ) -> Result<Response<ReplyBody>, Unreadable> {
        let http = &secured.called.http;
        let guarded = Guarded {
            name: &secured.called.name,
            binding: &http.binding,
            requirement: &secured.requirement,
        };
        let Opened {
            mut held,
            subject,
            admission,
            ..
        } = self.opening(guarded, arrival, &mut body).await?;
        let admitted = match admission {
            Admission::Answered(response) => {
                return Ok(enveloped(response, &http.output).map(Into::into));
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
        let dialect = Dialect::Envelope {
            output: &http.output,
        };
        Ok(self
            .call_secured(secured, dialect, &subject, admitted, invocation)
            .await)
    }

    pub(super) fn held(&self, lease: Lease) -> Held {
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
    ) -> Result<Response<ReplyBody>, Unreadable> {
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
            Ok(outputs) => of_trigger(outputs),
            Err(failed) => {
                self.guard.audit().failed(&failed.line(&subject));
                problem(failed.status(), subject.invocation_id)
            }
        };
        drop(room);
        record.finish(response.status());
        Ok(response.map(Into::into))
    }

    /// An admitted caller whose envelope turned out to be unreadable.
    fn given_up(
        &self,
        admitted: Admitted,
        subject: &Subject,
        unreadable: &Unreadable,
    ) -> Response<ReplyBody> {
        let status = unreadable.status();
        self.guard.audit().failed(&unreadable.line(subject));
        admitted.record.finish(status);
        problem(status, subject.invocation_id).map(Into::into)
    }

    pub(super) fn unreadable(&self, subject: Subject, unreadable: &Unreadable) -> Response<Bytes> {
        let (status, id) = (unreadable.status(), subject.invocation_id);
        self.guard.audit().failed(&unreadable.line(&subject));
        self.guard.audit().undecided(subject).finish(status);
        problem(status, id)
    }
}
