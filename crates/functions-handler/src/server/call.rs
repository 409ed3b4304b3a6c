//! One call of a function by a caller, in whichever shape it came.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::StreamExt as _;
use http::{Response, StatusCode};
use tokio::task::yield_now;

use crate::functions::{Head, Invocation, PublicFn, Reply, ReplyBody, StreamError};
use crate::guard::{Admitted, problem};
use crate::log::{Audit, FailureLine, Record, Subject};

use super::app::App;
use super::dialect::{Dialect, Rendered};
use super::entry::{Called, Secured};
use super::failed::Failed;
use super::run::{Finished, caught};

impl App {
    /// Runs the implementation of a public function, and makes the answer.
    pub(super) async fn call_public(
        &self,
        called: &Called<PublicFn>,
        dialect: Dialect<'_>,
        subject: &Subject,
        invocation: Invocation,
    ) -> Response<ReplyBody> {
        let subject = subject.of(&called.name);
        let record = self.guard.audit().undecided(subject.clone());
        let run = || (called.run)(invocation);
        let result = self.run(called, dialect, run, |response| response).await;
        self.finished(record, subject, result)
    }

    /// The same of a secured function, for a caller who is admitted.
    pub(super) async fn call_secured(
        &self,
        secured: &Secured,
        dialect: Dialect<'_>,
        subject: &Subject,
        admitted: Admitted,
        invocation: Invocation,
    ) -> Response<ReplyBody> {
        let called = &secured.called;
        let subject = subject.of(&called.name);
        let permit = admitted.permit.clone();
        let run = || (called.run)(permit, invocation);
        let mark = |response| admitted.mark(response);
        let result = self.run(called, dialect, run, mark).await;
        self.finished(admitted.record, subject, result)
    }

    /// Runs until there is an answer that can be sent. Reading a body into an envelope is part of that: it is the
    /// implementation's, and can take too long or panic.
    async fn run<F, R>(
        &self,
        called: &Called<F>,
        dialect: Dialect<'_>,
        start: impl FnOnce() -> R,
        mark: impl FnOnce(Response<ReplyBody>) -> Response<ReplyBody>,
    ) -> Result<Rendered, Failed>
    where
        R: Future<Output = Reply>,
    {
        let run = async || {
            let finished = Finished::new(start().await, &called.outputs)?;
            let finished = Finished {
                response: mark(finished.response),
                ..finished
            };
            dialect.render(finished, self.limits.body_bytes).await
        };
        caught(Some(self.limits.call_time), run)
            .await
            .and_then(|result| result)
    }

    /// The one place where what came of a call becomes an answer and a line of the log, with one status.
    fn finished(
        &self,
        record: Record,
        subject: Subject,
        result: Result<Rendered, Failed>,
    ) -> Response<ReplyBody> {
        match result {
            Ok(Rendered { response, status }) => {
                record.finish(status);
                let audit = self.guard.audit().clone();
                response.map(|body| reported(body, audit, subject))
            }
            Err(failed) => {
                self.guard.audit().failed(&failed.line(&subject));
                let response = problem(failed.status(), subject.invocation_id);
                record.finish(response.status());
                response.map(Into::into)
            }
        }
    }

    /// The answer instead of a call, if the announced length of the body is more than the host allows.
    pub(super) fn too_long(&self, head: &Head, subject: &Subject) -> Option<Response<ReplyBody>> {
        let length = head.content_length()?;
        (length > self.limits.body_bytes).then(|| {
            let response = problem(StatusCode::PAYLOAD_TOO_LARGE, subject.invocation_id);
            response.map(Into::into)
        })
    }
}

/// The same body. If it is a stream that breaks off or panics, which ends the connection, the log says so: the status has
/// been sent by then.
fn reported(body: ReplyBody, audit: Audit, subject: Subject) -> ReplyBody {
    let chunks = match body.into_whole_or_stream() {
        Ok(bytes) => return bytes.into(),
        Err(chunks) => chunks,
    };
    let reporter = Arc::new((audit, subject));
    let chunks = AssertUnwindSafe(chunks).catch_unwind();
    ReplyBody::stream(chunks.then(move |chunk| {
        let reporter = Arc::clone(&reporter);
        async move {
            let chunk = chunk.unwrap_or_else(|_| Err(StreamError::from("a panic")));
            if let Err(error) = &chunk {
                let (audit, subject) = &*reporter;
                let detail = Some(error.to_string());
                audit.failed(&FailureLine::new(subject, "reply-broke-off", detail));
                // hyper drops what it has not sent when a body fails, the head included, and sends it when a body waits.
                yield_now().await;
            }
            chunk
        }
    }))
}
