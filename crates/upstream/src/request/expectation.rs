//! `Expect: 100-continue` (RFC 9110, section 10.1.1): the caller is asked for the body when the upstream asks for it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::HeaderMap;
use http::header::EXPECT;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};

/// How long an upstream may take to ask for a body before it is sent unasked: servers that know nothing of it never ask. .NET
/// (`Expect100ContinueTimeout`) and curl wait for 1 s as well.
const UNASKED_AFTER: Duration = Duration::from_secs(1);

/// The wait for the upstream's 100 Continue.
pub(crate) enum Expectation {
    /// Until it asks, or the time is over.
    Waiting {
        asked: oneshot::Receiver<()>,
        unasked: Pin<Box<Sleep>>,
    },
    /// It asked.
    Over,
    /// It answered without asking, and gets no body.
    Answered,
}

/// Whether a caller holds the body back until it is asked for.
pub(crate) fn expects_continue(headers: &HeaderMap) -> bool {
    headers
        .get(EXPECT)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

/// The wait for the upstream's 100 Continue, and what ends it.
pub(crate) fn expectation() -> (Expectation, oneshot::Sender<()>) {
    let (ask, asked) = oneshot::channel();
    let waiting = Expectation::Waiting {
        asked,
        unasked: Box::pin(sleep(UNASKED_AFTER)),
    };
    (waiting, ask)
}

impl Expectation {
    /// Ready once the body may be sent.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Self::Waiting { asked, unasked } = self {
            match Pin::new(asked).poll(context) {
                Poll::Ready(Ok(())) => *self = Self::Over,
                // hyper lets go of what reads informational answers with the final one.
                Poll::Ready(Err(_)) => *self = Self::Answered,
                Poll::Pending if unasked.as_mut().poll(context).is_ready() => *self = Self::Over,
                Poll::Pending => {}
            }
        }
        match self {
            Self::Over => Poll::Ready(()),
            Self::Waiting { .. } | Self::Answered => Poll::Pending,
        }
    }
}
