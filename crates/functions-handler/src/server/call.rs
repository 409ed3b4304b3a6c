//! One call of a function by a caller, in whichever shape it came.

use http::StatusCode;

use crate::functions::{Head, Invocation, PublicFn, ReplyBody};
use crate::guard::{Admitted, problem};
use crate::log::Subject;

use super::app::App;
use super::entry::{Called, Secured};
use super::failed::Failed;
use super::run::{Finished, caught};

impl App {
    /// Runs the implementation of a public function. Whatever comes of it is logged once, with its status.
    pub(super) async fn call_public(
        &self,
        called: &Called<PublicFn>,
        subject: &Subject,
        invocation: Invocation,
    ) -> Result<Finished, Failed> {
        let subject = subject.of(&called.name);
        let record = self.guard.audit().undecided(subject.clone());
        let run = || (called.run)(invocation);
        let result = self.run(called, &subject, run).await;
        record.finish(status(&result));
        result
    }

    /// The same of a secured function, for a caller who is admitted.
    pub(super) async fn call_secured(
        &self,
        secured: &Secured,
        subject: &Subject,
        admitted: Admitted,
        invocation: Invocation,
    ) -> Result<Finished, Failed> {
        let called = &secured.called;
        let subject = subject.of(&called.name);
        let permit = admitted.permit.clone();
        let run = || (called.run)(permit, invocation);
        match self.run(called, &subject, run).await {
            Ok(finished) => Ok(Finished {
                response: admitted.finish(finished.response),
                ..finished
            }),
            Err(failed) => {
                admitted.record.finish(failed.status());
                Err(failed)
            }
        }
    }

    async fn run<F, R>(
        &self,
        called: &Called<F>,
        subject: &Subject,
        start: impl FnOnce() -> R,
    ) -> Result<Finished, Failed>
    where
        R: Future<Output = crate::functions::Reply>,
    {
        let result = caught(Some(self.limits.call_time), start).await;
        let result = result.and_then(|reply| Finished::new(reply, &called.outputs));
        if let Err(failed) = &result {
            self.guard.audit().failed(&failed.line(subject));
        }
        result
    }

    /// The answer instead of a call, if the announced length of the body is more than the host allows.
    pub(super) fn too_long(&self, head: &Head, subject: &Subject) -> Option<Finished> {
        let length = head.content_length()?;
        (length > self.limits.body_bytes).then(|| {
            let response = problem(StatusCode::PAYLOAD_TOO_LARGE, subject.invocation_id);
            Finished {
                response: response.map(ReplyBody::from),
                outputs: Vec::new(),
            }
        })
    }
}

/// The one mapping from what came of a call to its status.
pub(super) fn status(result: &Result<Finished, Failed>) -> StatusCode {
    match result {
        Ok(finished) => finished.response.status(),
        Err(failed) => failed.status(),
    }
}
