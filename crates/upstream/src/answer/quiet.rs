//! How long an answer has been silent.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that is begun anew with each part of an answer, and set only while none comes.
///
/// An answer that never waits never sets it; one that waits moves it when it fires too early.
#[derive(Debug)]
pub(super) struct Quiet {
    limit: Option<Duration>,
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Quiet {
    /// A timer that fires after so long a silence; never without a limit.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self {
            limit,
            since: None,
            timer: None,
        }
    }

    /// Something came, or was sent.
    pub(super) fn end(&mut self) {
        self.since = None;
    }

    /// Ready, with the limit, once the silence has been long enough.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Duration> {
        let Some(limit) = self.limit else {
            return Poll::Pending;
        };
        let end = *self.since.get_or_insert_with(Instant::now) + limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        while timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= end {
                return Poll::Ready(limit);
            }
            timer.as_mut().reset(end);
        }
        Poll::Pending
    }
}
