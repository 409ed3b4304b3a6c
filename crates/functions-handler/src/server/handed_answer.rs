//! The body of an answer that is passed back as it comes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::functions::{FallbackAnswer, StreamError};
use crate::log::{Audit, FailureLine, Subject};

use super::in_flight::Watched;

/// The body of an answer that is passed back as it comes: data and trailers, each frame at once.
///
/// If it breaks off, panics or takes longer than the host allows a function, the connection ends, since the status has been
/// sent by then, and the log says so.
pub(super) struct HandedAnswer {
    body: Option<FallbackAnswer>,
    /// Reported already. hyper drops what it has not sent when a body fails, the head included, and sends it when a body
    /// waits.
    broken: Option<StreamError>,
    end: Option<Pin<Box<Sleep>>>,
    reporter: Option<(Audit, Subject)>,
    _watched: Option<Watched>,
}

impl HandedAnswer {
    /// An answer of the fallback, which ends at an instant at the latest.
    pub(super) fn of(
        body: FallbackAnswer,
        end: Option<Instant>,
        watched: Watched,
        reporter: (Audit, Subject),
    ) -> Self {
        Self {
            body: Some(body),
            broken: None,
            end: end.map(|end| Box::pin(sleep_until(end))),
            reporter: Some(reporter),
            _watched: Some(watched),
        }
    }

    /// An answer of the server's own, which is whole.
    pub(super) fn own(body: Bytes) -> Self {
        let body = Full::new(body).map_err(|never| match never {});
        Self {
            body: Some(body.boxed_unsync()),
            broken: None,
            end: None,
            reporter: None,
            _watched: None,
        }
    }

    /// Whether it is the fallback's, and no refusal.
    pub(super) fn is_passed_back(&self) -> bool {
        self.reporter.is_some()
    }

    fn poll_body(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StreamError>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = catch_unwind(AssertUnwindSafe(|| Pin::new(body).poll_frame(context)));
        match frame {
            Err(_) => Poll::Ready(Some(Err("a panic".into()))),
            Ok(Poll::Pending) => {
                let end = self.end.as_mut().map(|end| end.as_mut().poll(context));
                match end {
                    Some(Poll::Ready(())) => {
                        let text = "the host's functionTimeout is over";
                        Poll::Ready(Some(Err(text.into())))
                    }
                    Some(Poll::Pending) | None => Poll::Pending,
                }
            }
            Ok(ready) => ready,
        }
    }

    fn report(&self, error: &StreamError) {
        if let Some((audit, subject)) = &self.reporter {
            let detail = Some(error.to_string());
            audit.failed(&FailureLine::new(subject, "reply-broke-off", detail));
        }
    }
}

impl Body for HandedAnswer {
    type Data = Bytes;
    type Error = StreamError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StreamError>>> {
        let this = self.get_mut();
        if let Some(error) = this.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        match this.poll_body(context) {
            Poll::Ready(Some(Err(error))) => {
                this.report(&error);
                this.body = None;
                this.broken = Some(error);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            frame => frame,
        }
    }

    fn is_end_stream(&self) -> bool {
        let is_over = self.body.as_ref().is_none_or(Body::is_end_stream);
        is_over && self.broken.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}
